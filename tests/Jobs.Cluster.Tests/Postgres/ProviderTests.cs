using System.Net;
using Jobs.Conformance;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;

namespace Jobs.Cluster.Tests.Postgres;

/// <summary>Orleans' own ADO.NET providers on the tables and queries of this library.</summary>
public sealed class ProviderTests(PostgresCluster cluster) : IClassFixture<PostgresCluster>
{
    private static readonly DateTime Start = new(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    [Fact]
    public async Task One_command_sets_up_everything_and_a_second_one_changes_nothing()
    {
        cluster.Require();
        Assert.Equal(["orleans_0001_membership", "orleans_0002_reminders", "orleans_0003_storage"], cluster.Applied.TakeLast(3));
        Assert.Contains("0001_jobs", cluster.Applied);
        Assert.Empty(await cluster.MigrateAsync());
    }

    [Fact]
    public async Task Two_silos_and_a_client_find_each_other()
    {
        cluster.Require();
        var hosts = await cluster.Client.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true).Soon();
        Assert.Equal(2, hosts.Count(h => h.Value is SiloStatus.Active));
        var calls = Enumerable.Range(0, 20).Select(i => cluster.Client.GetGrain<IProbe>($"call-{i}").ReadAsync());
        Assert.All(await Task.WhenAll(calls).Soon(), number => Assert.Equal(0, number));
    }

    [Fact]
    public async Task Of_two_changes_to_the_same_version_of_the_members_one_wins()
    {
        cluster.Require();
        var table = cluster.FirstSilo.GetRequiredService<IMembershipTable>();
        var before = await table.ReadAllAsync(default).Soon();
        var rivals = await Task.WhenAll(Enumerable.Range(1, 4).Select(i => table.InsertRowAsync(Member(i), before.Version.Next()))).Soon();
        Assert.Single(rivals, won => won);

        var after = await table.ReadAllAsync(default).Soon();
        Assert.Equal(before.Version.Version + 1, after.Version.Version);
        var (entry, etag) = after.Members.Single(m => m.Item1.SiloName.StartsWith("rival", StringComparison.Ordinal));
        Assert.Equal((Start, "somewhere", SiloStatus.Dead), (entry.StartTime, entry.HostName, entry.Status));
        Assert.False(await table.InsertRowAsync(entry, after.Version.Next()).Soon());
        entry.AddSuspector(entry.SiloAddress, Start);
        Assert.False(await table.UpdateRowAsync(entry, etag, before.Version.Next()).Soon());
        Assert.True(await table.UpdateRowAsync(entry, etag, after.Version.Next()).Soon());
        Assert.Equal(Start, Assert.Single((await table.ReadRowAsync(entry.SiloAddress).Soon()).Members[0].Item1.SuspectTimes!).Item2);
        await table.CleanupDefunctSiloEntriesAsync(Start.AddDays(1)).Soon();
        var left = (await table.ReadAllAsync(default).Soon()).Members;
        Assert.Equal(2, left.Count);
        Assert.All(left, m => Assert.Equal(SiloStatus.Active, m.Item1.Status));
    }

    [Fact]
    public async Task State_is_read_back_by_the_next_activation_and_cleared()
    {
        cluster.Require();
        var probe = cluster.Client.GetGrain<IProbe>("state");
        await probe.KeepAsync(7).Soon();
        await probe.KeepAsync(8).Soon();
        Assert.Equal(8, await probe.ReadAsync().Soon());
        await probe.ClearAsync().Soon();
        Assert.Equal(0, await probe.ReadAsync().Soon());
        await probe.KeepAsync(9).Soon();
        Assert.Equal(9, await probe.ReadAsync().Soon());
    }

    [Fact]
    public async Task Of_many_first_writes_of_one_grain_one_wins_and_so_of_many_second_ones()
    {
        cluster.Require();
        IGrainStorage[] storages = [Storage(cluster.FirstSilo), Storage(cluster.SecondSilo)];
        var grain = GrainId.Create("probe", "rivals");
        Assert.Single(await RaceAsync(_ => null), won => won);
        var read = new GrainState<ProbeState>(new ProbeState());
        await storages[1].ReadStateAsync("probe", grain, read).Soon();
        Assert.Equal("1", read.ETag);
        Assert.Single(await RaceAsync(_ => read.ETag), won => won);
        await storages[0].ReadStateAsync("probe", grain, read).Soon();
        Assert.Equal("2", read.ETag);
        await storages[0].ClearStateAsync("probe", grain, read).Soon();
        Assert.Single(await RaceAsync(_ => null), won => won);

        async Task<bool[]> RaceAsync(Func<int, string?> etag) => await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            try
            {
                var state = new GrainState<ProbeState>(new ProbeState { Number = i }, etag(i)!) { RecordExists = etag(i) is not null };
                await storages[i % 2].WriteStateAsync("probe", grain, state);
                return true;
            }
            catch (InconsistentStateException)
            {
                return false;
            }
        })).Soon();
    }

    [Fact]
    public async Task Reminders_are_kept_and_found_by_grain_and_by_range()
    {
        cluster.Require();
        var table = cluster.FirstSilo.GetRequiredService<IReminderTable>();
        var grains = Enumerable.Range(0, 20).Select(i => GrainId.Create("reminded", $"{i}")).ToList();
        var period = TimeSpan.FromDays(400);
        foreach (var grain in grains) await table.UpsertRow(Reminder(grain, period)).Soon();

        var (low, high) = (unchecked((uint)int.MinValue), (uint)int.MaxValue);
        Assert.Equal(grains.Count, await CountAsync(0, 0));
        Assert.Equal(grains.Count, await CountAsync(0, high) + await CountAsync(high, 0));
        Assert.Equal(grains.Count(g => (int)g.GetUniformHashCode() <= 0), await CountAsync(low, 0));
        var row = await table.ReadRow(grains[3], "r").Soon();
        Assert.Equal((Start, period), (row!.StartAt, row.Period));

        var changed = await table.UpsertRow(Reminder(grains[3], TimeSpan.FromMinutes(1))).Soon();
        Assert.NotEqual(row.ETag, changed);
        Assert.False(await table.RemoveRow(grains[3], "r", row.ETag!).Soon());
        Assert.True(await table.RemoveRow(grains[3], "r", changed!).Soon());
        Assert.Empty((await table.ReadRows(grains[3]).Soon()).Reminders);
        Assert.Null(await table.ReadRow(grains[3], "r").Soon());

        async Task<int> CountAsync(uint begin, uint end) =>
            (await table.ReadRows(begin, end).Soon()).Reminders.Count(r => r.GrainId.Type.ToString() == "reminded");
    }

    [Fact]
    public async Task A_reminder_comes()
    {
        cluster.Require();
        await cluster.Client.GetGrain<IProbe>("reminded").WaitForReminderAsync().Soon();
    }

    private static ReminderEntry Reminder(GrainId grain, TimeSpan period) =>
        new() { GrainId = grain, ReminderName = "r", StartAt = Start, Period = period, ETag = "" };

    private static IGrainStorage Storage(IServiceProvider silo) => silo.GetRequiredService<IGrainStorage>();

    private static MembershipEntry Member(int number) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 1000 + number, number),
        SiloName = $"rival-{number}",
        HostName = "somewhere",
        Status = SiloStatus.Dead,
        StartTime = Start,
        IAmAliveTime = Start,
    };
}

using System.Text.RegularExpressions;
using Jobs.Conformance.Comparison;
using Jobs.Core;
using Microsoft.Data.Sqlite;

namespace Jobs.Sqlite.Tests;

/// <summary>Opening a partition goes by index in every part of it; a table is read from its beginning by no statement.</summary>
public sealed partial class SqliteOpeningPlanTests : IDisposable
{
    private static readonly PartitionKey Home = new("q", 0);

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("own_count")]
    [InlineData("own_tasks")]
    [InlineData("own_started")]
    [InlineData("any_due")]
    [InlineData("page_due")]
    [InlineData("page_ready")]
    [InlineData("page_limited")]
    [InlineData("list_partitions")]
    public async Task No_statement_reads_the_jobs_from_the_beginning(string name)
    {
        await Migrator.MigrateAsync(_folder["jobs.db"]);
        using var connection = new SqliteConnection($"Data Source={_folder["jobs.db"]};Pooling=false");
        connection.Open();
        using var explain = new SqliteCommand("explain query plan " + SqlText.Load(name), connection);
        foreach (var parameter in (string[])["partition", "limit", "sequence", "run_at", "name", "as_of", "major", "minor", "limit_key"])
            explain.Parameters.AddWithValue("@" + parameter, 1);
        using var reader = explain.ExecuteReader();
        var plan = new List<string>();
        while (reader.Read()) plan.Add(reader.GetString(3));
        Assert.False(plan.Exists(ScanOfJobs().IsMatch), string.Join('\n', plan));
    }

    [Fact]
    public async Task All_tasks_of_waiting_jobs_are_found_and_their_number_is_right()
    {
        await using var store = new SqliteJobStore(_folder["jobs.db"]);
        await store.OwnAsync(Home, "owner", default);
        var jobs = new StoredJobs();
        var later = StoredJobs.Start + TimeSpan.FromHours(1);
        var inserts = Enumerable.Range(0, 200).Select(i => StoredJobs.Insert(jobs.New(task: $"t{i % 3}", runAt: i % 2 == 0 ? later : null)))
            .Append(StoredJobs.Insert(jobs.New(task: "a"))).Append(StoredJobs.Insert(jobs.New(task: "z", runAt: later)));
        await store.CommitAsync([new Unit([.. inserts])], default);
        var opening = await store.OwnAsync(Home, "owner", default);
        Assert.Equal(202, opening.UnfinishedJobs);
        Assert.Equal(["a", "t0", "t1", "t2", "z"], opening.Tasks.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_table_that_somebody_emptied_by_hand_leaves_no_count_behind()
    {
        await using var store = new SqliteJobStore(_folder["jobs.db"]);
        await store.OwnAsync(Home, "owner", default);
        await store.CommitAsync([new Unit(StoredJobs.Insert(new StoredJobs().New()))], default);
        using (var connection = new SqliteConnection($"Data Source={_folder["jobs.db"]};Pooling=false"))
        {
            connection.Open();
            using var command = new SqliteCommand("delete from job", connection);
            command.ExecuteNonQuery();
        }

        Assert.Equal(0, (await store.OwnAsync(Home, "owner", default)).UnfinishedJobs);
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex("^SCAN (job|j|g)( |$)")]
    private static partial Regex ScanOfJobs();
}

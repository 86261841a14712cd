using Jobs.Conformance;
using Jobs.Core;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Silos leave; jobs do not. (A silo that TestingHost kills still says so to the others: crashes need processes of their own.)</summary>
public sealed class LeavingTests : IAsyncDisposable
{
    private static readonly ResultTask<int, int> Double = ResultTask.Create<int, int>("double");
    private readonly Recording<int> _runs = new();
    private readonly TestSilos _silos;

    public LeavingTests()
    {
        var store = new SharedStore(new InMemoryJobStore());
        _silos = new TestSilos(
            jobs => jobs.Queue("default", q => q.Partitions = 8).Handle(Double, (n, _) =>
            {
                _runs.Add(n);
                return Task.FromResult(2 * n);
            }),
            () => store,
            TimeProvider.System);
    }

    public ValueTask DisposeAsync() => _silos.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_acknowledged_runs_although_its_silo_left(bool inOrder)
    {
        await _silos.StartAsync().Soon();
        var before = await _silos.Client.EnqueueManyAsync(Double, [.. Enumerable.Range(0, 200)]).Soon();
        var leaver = _silos.Cluster.Silos[^1];
        var leaving = inOrder ? _silos.Cluster.StopSiloAsync(leaver) : _silos.Cluster.KillSiloAsync(leaver);
        var during = new List<JobHandle<int>>();
        for (var n = 200; n < 260; n++) during.Add(await _silos.Client.EnqueueAsync(Double, n).Soon());
        await leaving.Soon();

        foreach (var handle in before.Concat(during))
        {
            var job = await handle.WaitAsync().Soon();
            Assert.Equal(JobState.Completed, job.State);
        }

        Assert.Equal(260, _runs.Items.Distinct().Count());
        if (inOrder) Assert.Equal(260, _runs.Items.Count);
        Assert.Equal(260, (await _silos.Client.CountAsync().Soon()).Completed);
    }

    [Fact]
    public async Task A_delayed_job_fires_although_the_silo_that_took_it_is_gone_and_nobody_calls()
    {
        await _silos.StartAsync().Soon();
        foreach (var i in Enumerable.Range(0, 8)) await _silos.Client.EnqueueAsync(Double, i, job => job.After(TimeSpan.FromSeconds(2))).Soon();
        await _silos.Cluster.StopSiloAsync(_silos.Cluster.Silos[^1]).Soon();
        await _runs.Reaches(8).Soon();
    }
}

using Jobs.Conformance;
using Jobs.Core;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Limits that silos share, while silos leave.</summary>
public sealed class LimitTests : IAsyncDisposable
{
    private static readonly TaskDefinition<int> Work = TaskDefinition.Create<int>("work");

    private readonly Recording<int> _runs = new();
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TestSilos _silos;
    private int _running;
    private int _most;

    public LimitTests()
    {
        var store = new SharedStore(new InMemoryJobStore());
        _silos = new TestSilos(
            jobs =>
            {
                jobs.OwnerLease = TimeSpan.FromSeconds(1);
                jobs.Queue("default", q => q.Partitions = 9).Handle(Work, RunAsync).Limit(new RunLimit("two") { Task = Work.Name, MaxRunning = 2 });
            },
            () => store,
            TimeProvider.System);
    }

    public ValueTask DisposeAsync() => _silos.DisposeAsync();

    [Fact]
    public async Task No_more_run_than_the_limit_says_while_silos_leave_in_order()
    {
        await _silos.StartAsync().Soon();
        _release.SetResult();
        var jobs = new List<JobHandle>(await _silos.Client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 150)]).Soon());
        for (var silo = TestSilos.Silos - 1; silo > 0; silo--)
        {
            await _runs.Reaches(40 * (TestSilos.Silos - silo)).Soon();
            await _silos.Cluster.StopSiloAsync(_silos.Cluster.Silos[silo]).Soon();
        }

        foreach (var job in jobs) Assert.Equal(JobState.Completed, (await job.WaitAsync().Soon()).State);
        Assert.Equal(150, _runs.Items.Count);
        Assert.InRange(_most, 1, 2);
    }

    [Fact]
    public async Task What_a_silo_held_that_is_gone_comes_back()
    {
        await _silos.StartAsync().Soon();
        await _silos.Client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 60)]).Soon();
        await _runs.Reaches(2).Soon();

        // Whichever silos had the two jobs that run, one silo is left at the end, and its jobs get the room.
        for (var silo = TestSilos.Silos - 1; silo > 0; silo--) await _silos.Cluster.KillSiloAsync(_silos.Cluster.Silos[silo]).Soon();
        _release.SetResult();
        while ((await _silos.Client.CountAsync().Soon()).Completed < 60) await Task.Yield();
        Assert.Equal(60, _runs.Items.Distinct().Count());
    }

    private async Task RunAsync(int number, JobContext job)
    {
        var running = Interlocked.Increment(ref _running);
        for (var most = _most; running > most; most = _most) Interlocked.CompareExchange(ref _most, running, most);
        _runs.Add(number);
        await _release.Task.WaitAsync(job.Cancellation);
        Interlocked.Decrement(ref _running);
    }
}

using Jobs.Conformance;
using Jobs.Core;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Silos run jobs of each other's partitions, each of the tasks it has handlers for.</summary>
public sealed class SharedWorkTests : IAsyncDisposable
{
    private const int Partitions = 8;

    private static readonly ResultTask<int, string> Red = ResultTask.Create<int, string>("red");
    private static readonly ResultTask<int, string> Green = ResultTask.Create<int, string>("green");
    private static readonly TaskDefinition<int> Together = TaskDefinition.Create<int>("together");
    private static readonly TaskDefinition<int> Endless = TaskDefinition.Create<int>("endless");
    private static readonly TaskDefinition<int> Nobodys = TaskDefinition.Create<int>("nobodys");
    private readonly Recording<JobContext> _runs = new();
    private readonly Recording<JobId> _stopped = new();
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TestSilos _silos;
    private int _described;

    public SharedWorkTests()
    {
        var store = new SharedStore(new InMemoryJobStore());
        _silos = new TestSilos(Describe, () => store, TimeProvider.System);
    }

    public ValueTask DisposeAsync() => _silos.DisposeAsync();

    [Fact]
    public async Task A_task_runs_where_its_handler_is_wherever_its_partition_is()
    {
        await _silos.StartAsync().Soon();
        var red = await _silos.Client.EnqueueManyAsync(Red, [.. Enumerable.Range(0, 40)], job => job.Queue = "wide").Soon();
        var green = await _silos.Client.EnqueueManyAsync(Green, [.. Enumerable.Range(0, 40)], job => job.Queue = "wide").Soon();
        var redOn = await WorkersOfAsync(red);
        var greenOn = await WorkersOfAsync(green);
        Assert.Equal(Assert.Single(redOn), await red[0].ResultAsync().Soon());
        Assert.Single(greenOn);
        Assert.NotEqual(redOn, greenOn);
    }

    [Fact]
    public async Task Silos_share_the_jobs_of_one_partition()
    {
        await _silos.StartAsync().Soon();
        var handles = await _silos.Client.EnqueueManyAsync(Together, [.. Enumerable.Range(0, TestSilos.Silos)], job => job.Queue = "narrow").Soon();
        var workers = new HashSet<string?>();
        foreach (var handle in handles) workers.Add((await handle.WaitAsync().Soon()).Worker);
        Assert.Equal(TestSilos.Silos, workers.Count);
    }

    [Fact]
    public async Task A_handler_on_another_silo_hears_of_its_cancellation()
    {
        await _silos.StartAsync().Soon();
        var handles = await _silos.Client.EnqueueManyAsync(Endless, [.. Enumerable.Range(0, Partitions)], job => job.Queue = "wide").Soon();
        await _runs.Reaches(Partitions).Soon();
        foreach (var handle in handles) Assert.Equal(JobState.Cancelled, (await _silos.Client.ApplyAsync(handle.Id, JobAction.Cancel).Soon()).State);
        var stopped = await _stopped.Reaches(Partitions).Soon();
        Assert.Equal(handles.Select(handle => handle.Id).Order(), stopped.Order());
    }

    [Fact]
    public async Task A_dead_silos_jobs_run_elsewhere_at_once()
    {
        await _silos.StartAsync().Soon();
        var handles = await _silos.Client.EnqueueManyAsync(Together, [0, 1], job => job.Queue = "narrow").Soon();
        var first = (await _runs.Reaches(2).Soon())[0].Worker;
        await _silos.Cluster.KillSiloAsync(_silos.Cluster.Silos.Single(silo => silo.Name == first)).Soon();
        await _runs.Reaches(3).Soon();
        _all.TrySetResult();
        foreach (var handle in handles) Assert.Equal(JobState.Completed, (await handle.WaitAsync().Soon()).State);
        var jobs = new[] { await _silos.Client.FindAsync(handles[0].Id).Soon(), await _silos.Client.FindAsync(handles[1].Id).Soon() };
        Assert.Equal(1, jobs.Sum(job => job!.Deliveries) - 2);
    }

    private void Describe(JobsBuilder jobs)
    {
        // Once for a trial, then for each silo.
        var silo = Interlocked.Increment(ref _described);
        jobs.Queue("wide", q => q.Partitions = Partitions).Queue("narrow", q => q.Concurrency = 1).Accept(Nobodys);
        if (silo == 2) jobs.Handle(Red, (_, job) => Task.FromResult(job.Worker));
        if (silo == 3) jobs.Handle(Green, (_, job) => Task.FromResult(job.Worker));
        if (silo == 3) jobs.Handle(Endless, RunEndlesslyAsync);
        jobs.Handle(Together, RunTogetherAsync);
    }

    private async Task RunTogetherAsync(int n, JobContext job)
    {
        _runs.Add(job);
        if (_runs.Items.Count >= TestSilos.Silos) _all.TrySetResult();
        await _all.Task;
    }

    private async Task RunEndlesslyAsync(int n, JobContext job)
    {
        _runs.Add(job);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, job.Cancellation);
        }
        finally
        {
            _stopped.Add(job.Id);
        }
    }

    private static async Task<HashSet<string?>> WorkersOfAsync(IReadOnlyList<JobHandle<string>> handles)
    {
        var workers = new HashSet<string?>();
        foreach (var handle in handles)
        {
            var job = await handle.WaitAsync().Soon();
            Assert.Equal((JobState.Completed, 1), (job.State, job.Deliveries));
            workers.Add(job.Worker);
        }

        return workers;
    }
}

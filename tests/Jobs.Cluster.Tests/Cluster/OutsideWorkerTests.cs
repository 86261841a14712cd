using Jobs.Client.Workers;
using Jobs.Conformance;
using Jobs.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Workers outside of the silos, on silos that only have the queues (E4, E5).</summary>
public sealed class OutsideWorkerTests : IAsyncDisposable
{
    private static readonly LinkTimes Fast = LinkTimes.Default with
    {
        KeepIdle = null,
        Heartbeat = TimeSpan.FromSeconds(4),
        Beat = TimeSpan.FromSeconds(1),
        NewsBeat = TimeSpan.FromMilliseconds(50),
    };

    private static readonly ResultTask<int, int> Double = ResultTask.Create<int, int>("double");
    private static readonly TaskDefinition<int> Held = TaskDefinition.Create<int>("held");
    private readonly Recording<JobContext> _runs = new();
    private readonly Recording<string> _stopped = new();
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<JobsWorker> _workers = [];
    private readonly TestSilos _silos;

    public OutsideWorkerTests()
    {
        var store = new SharedStore(new InMemoryJobStore());
        _silos = new TestSilos(jobs => jobs.RunsJobs = false, () => store, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        foreach (var worker in _workers) await worker.DisposeAsync();
        await _silos.DisposeAsync();
    }

    [Fact]
    public async Task It_runs_what_it_has_handlers_for_and_the_rest_waits()
    {
        await _silos.StartAsync().Soon();
        var waiting = await _silos.Client.EnqueueAsync(Held, 1).Soon();
        var worker = StartWorker("one", jobs => jobs.Handle(Double, (n, _) => Task.FromResult(2 * n)));
        Assert.Equal(42, await _silos.Client.RunAsync(Double, 21).Soon());
        Assert.Equal(JobState.Pending, (await _silos.Client.FindAsync(waiting.Id).Soon())!.State);
        worker.Registry.Handle(Held, (n, job) => Task.CompletedTask);
        var job = await waiting.WaitAsync().Soon();
        Assert.Equal((JobState.Completed, worker.Name, 1), (job.State, job.Worker, job.Deliveries));
    }

    [Fact]
    public async Task Progress_and_lines_come_from_it_and_a_cancellation_reaches_it()
    {
        await _silos.StartAsync().Soon();
        StartWorker("one", jobs => jobs.Handle(Held, HoldAsync));
        JobRequest.User = "ada";
        var handle = await _silos.Client.EnqueueAsync(Held, 7, job => job.WithHeader("X-Name", "v").RequestId = "request").Soon();
        var run = (await _runs.Reaches(1).Soon())[0];
        Assert.Equal(("ada", "request", "v", 1), (run.User, run.RequestId, run.Headers["x-name"], run.Attempt));
        JobSnapshot? shown;
        do
        {
            shown = await _silos.Client.FindAsync(handle.Id).Soon();
        }
        while (shown!.Progress is null);
        Assert.Equal((JobState.Running, 50, "a line"), (shown.State, shown.Progress.Percent, shown.Log[0].Text));
        await _silos.Client.ApplyAsync(handle.Id, JobAction.Cancel).Soon();
        await _stopped.Reaches(1).Soon();
    }

    [Fact]
    public async Task What_one_runs_that_is_gone_runs_on_another_when_its_heartbeat_is_over()
    {
        await _silos.StartAsync().Soon();
        var first = StartWorker("one", jobs => jobs.Handle(Held, HoldAsync));
        var handle = await _silos.Client.EnqueueAsync(Held, 1).Soon();
        await _runs.Reaches(1).Soon();
        first.Abandon();
        var second = StartWorker("two", jobs => jobs.Handle(Held, HoldAsync));
        await _runs.Reaches(2).Soon();
        _release.SetResult();
        var job = await handle.WaitAsync().Soon();
        Assert.Equal((JobState.Completed, second.Name, 2, 1), (job.State, job.Worker, job.Deliveries, job.LostDeliveries));
    }

    [Fact]
    public async Task One_that_stops_in_order_gives_back_what_does_not_finish_and_no_attempt_is_used()
    {
        await _silos.StartAsync().Soon();
        var first = StartWorker("one", jobs =>
        {
            jobs.DrainTime = TimeSpan.Zero;
            jobs.Handle(Held, HoldAsync);
        });
        var handle = await _silos.Client.EnqueueAsync(Held, 1).Soon();
        await _runs.Reaches(1).Soon();
        await first.StopAsync(default).Soon();
        var second = StartWorker("two", jobs => jobs.Handle(Held, HoldAsync));
        await _runs.Reaches(2).Soon();
        _release.SetResult();
        var job = await handle.WaitAsync().Soon();
        Assert.Equal((JobState.Completed, second.Name, 0, 0, 1), (job.State, job.Worker, job.Failures, job.LostDeliveries, job.Attempt));
    }

    [Fact]
    public async Task What_it_runs_goes_on_when_the_partition_goes_to_another_silo()
    {
        await _silos.StartAsync().Soon();
        var worker = StartWorker("one", jobs => jobs.Handle(Held, HoldAsync));
        var handle = await _silos.Client.EnqueueAsync(Held, 1).Soon();
        await _runs.Reaches(1).Soon();
        var hosted = _silos.Nodes.SelectMany(node => node.Hosted).Single(h => h.Key == new PartitionKey(QueueName.Default, 0));
        hosted.Drop();
        await hosted.Left.Soon();
        Assert.Equal(JobState.Running, (await _silos.Client.FindAsync(handle.Id).Soon())!.State);
        _release.SetResult();
        var job = await handle.WaitAsync().Soon();
        Assert.Equal((JobState.Completed, worker.Name, 1, 0), (job.State, job.Worker, job.Deliveries, job.LostDeliveries));
    }

    private JobsWorker StartWorker(string name, Action<JobsBuilder> configure)
    {
        var builder = new JobsBuilder { OnUnknownTask = UnknownTaskPolicy.Hold, WorkerName = name };
        configure(builder);
        var settings = builder.BuildSettings(new ServiceCollection().BuildServiceProvider());
        var worker = new JobsWorker(settings, _silos.Cluster.Client, _silos.Client, Fast);
        _workers.Add(worker);
        worker.Start();
        return worker;
    }

    private async Task HoldAsync(int n, JobContext job)
    {
        job.ReportProgress(50, "half");
        job.Log("a line");
        _runs.Add(job);
        try
        {
            await _release.Task.WaitAsync(job.Cancellation);
        }
        catch (OperationCanceledException)
        {
            _stopped.Add(job.Worker);
            throw;
        }
    }
}

using Jobs.Client.Workers;
using Jobs.Conformance;
using Jobs.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Who runs jobs of a cluster, in its silos and outside, and what waits that none of them handles.</summary>
public sealed class WorkerListTests : IAsyncDisposable
{
    private static readonly LinkTimes Fast = LinkTimes.Default with
    {
        KeepIdle = null,
        Heartbeat = TimeSpan.FromSeconds(2),
        Beat = TimeSpan.FromMilliseconds(200),
        NewsBeat = TimeSpan.FromMilliseconds(50),
    };

    private static readonly TaskDefinition<int> Held = TaskDefinition.Create<int>("held");
    private static readonly TaskDefinition<int> Plain = TaskDefinition.Create<int>("plain");
    private readonly Recording<JobContext> _runs = new();
    private readonly BlockingObserver _observer = new();
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<JobsWorker> _workers = [];
    private readonly List<TestSilos> _clusters = [];

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        _observer.LetGo();
        foreach (var worker in _workers) await worker.DisposeAsync();
        foreach (var silos in _clusters) await silos.DisposeAsync();
    }

    [Fact]
    public async Task A_worker_outside_is_listed_from_its_first_report_until_it_stops()
    {
        var silos = await StartAsync(jobs => jobs.RunsJobs = false);
        var client = silos.Client;
        Assert.Empty(await client.Workers.ListAsync().Soon());
        await client.EnqueueAsync(Held, 1).Soon();
        var waiting = Assert.Single(await client.Workers.ListUnhandledAsync().Soon());
        Assert.Equal(("default", "held", 1), (waiting.Queue.Value, waiting.Task, waiting.WaitingJobs));

        var worker = StartWorker(silos, jobs => jobs.Queue("wide", q => (q.Partitions, q.Concurrency) = (3, 7)).Handle(Held, HoldAsync));
        await _runs.Reaches(1).Soon();
        var listed = await UntilAsync(client, workers => workers is [{ RunningJobs: 1, Queues.Count: 2 }]);
        Assert.Equal((worker.Name, worker.Name, WorkerPlace.Outside, "9"), (listed[0].Id, listed[0].Name, listed[0].Place, listed[0].CodeVersion));
        Assert.Equal(["held"], listed[0].Tasks);
        Assert.Equal(new WorkerQueue("wide", 7, 0), listed[0].Queues[1]);
        Assert.NotNull(listed[0].StartedAt);
        Assert.True(listed[0].LastSeenAt >= listed[0].StartedAt);
        Assert.Empty(await client.Workers.ListUnhandledAsync().Soon());

        var more = await client.EnqueueAsync(Held, 2).Soon();
        await _runs.Reaches(2).Soon();
        var stop = worker.StopAsync(CancellationToken.None);
        await UntilAsync(client, workers => workers is [{ IsDraining: true }]);
        await client.EnqueueAsync(Held, 3).Soon();
        Assert.Single(await client.Workers.ListUnhandledAsync().Soon());
        _release.SetResult();
        await stop.Soon();
        Assert.Equal(JobState.Completed, (await more.WaitAsync().Soon()).State);
        await UntilAsync(client, workers => workers.Count == 0);
    }

    [Fact]
    public async Task A_worker_outside_that_is_gone_is_listed_until_its_heartbeat_is_over()
    {
        var silos = await StartAsync(jobs => jobs.RunsJobs = false);
        var worker = StartWorker(silos, jobs => jobs.Handle(Plain, (_, _) => Task.CompletedTask));
        await (await silos.Client.EnqueueAsync(Plain, 1).Soon()).WaitAsync().Soon();
        await UntilAsync(silos.Client, workers => workers.Count == 1);
        worker.Abandon();
        await UntilAsync(silos.Client, workers => workers.Count == 0);
        await silos.Client.EnqueueAsync(Plain, 2).Soon();
        Assert.Single(await silos.Client.Workers.ListUnhandledAsync().Soon());
    }

    [Fact]
    public async Task What_only_another_silo_handles_is_handled_and_what_none_does_is_not()
    {
        var silos = await StartAsync(jobs => jobs.Queue("wide", q => q.Partitions = 6));
        var nodes = silos.Nodes.ToList();
        nodes[1].Settings.Registry.Handle(Held, HoldAsync);
        for (var i = 0; i < 6; i++)
        {
            await silos.Client.EnqueueAsync(Plain, i, o => o.On("wide")).Soon();
            await silos.Client.EnqueueAsync(Held, i, o => o.On("wide")).Soon();
        }

        await _runs.Reaches(6).Soon();
        await silos.Client.EnqueueAsync(Held, 7, o => o.On("never-seen")).Soon();
        var waiting = Assert.Single(await silos.Client.Workers.ListUnhandledAsync().Soon());
        Assert.Equal(("wide", "plain", 6, false), (waiting.Queue.Value, waiting.Task, waiting.WaitingJobs, waiting.IsAtLeast));
        var workers = await silos.Client.Workers.ListAsync().Soon();
        Assert.Equal(nodes.Select(n => n.Settings.WorkerName).Order(), workers.Select(w => w.Name));
        Assert.All(workers, w => Assert.Equal((WorkerPlace.Silo, true), (w.Place, w.IsAnswering)));
        Assert.All(workers, w => Assert.Equal(w.Name == nodes[1].Settings.WorkerName ? ["held"] : [], w.Tasks));

        StartWorker(silos, jobs => jobs.Queue("wide", _ => { }).Handle(Plain, (_, _) => Task.CompletedTask));
        for (var all = waiting; all is not null;) all = (await silos.Client.Workers.ListUnhandledAsync().Soon()).SingleOrDefault();
    }

    [Fact]
    public async Task A_silo_that_does_not_answer_is_listed_as_such_and_comes_back()
    {
        var silos = await StartAsync(jobs => jobs.AddObserver(_observer).Handle(Plain, (_, _) => Task.CompletedTask));
        StartWorker(silos, jobs => jobs.Handle(Held, HoldAsync));
        await UntilAsync(silos.Client, workers => workers.Count == 4);
        _observer.Block();
        var enqueue = silos.Client.EnqueueAsync(Plain, 1).AsTask();
        await _observer.Blocked.Soon();

        var silent = Assert.Single(await silos.Client.Workers.ListAsync().Soon(), w => !w.IsAnswering);
        Assert.Equal((silent.Id, WorkerPlace.Silo, (DateTimeOffset?)null, 0), (silent.Name, silent.Place, silent.LastSeenAt, silent.Tasks.Count));
        _observer.LetGo();
        await enqueue.Soon();
        await UntilAsync(silos.Client, workers => workers.Count == 4 && workers.All(w => w.IsAnswering));
    }

    private async Task<TestSilos> StartAsync(Action<JobsBuilder> configure)
    {
        var store = new SharedStore(new InMemoryJobStore());
        var silos = new TestSilos(configure, () => store, TimeProvider.System);
        _clusters.Add(silos);
        await silos.StartAsync().Soon();
        return silos;
    }

    private JobsWorker StartWorker(TestSilos silos, Action<JobsBuilder> configure)
    {
        var builder = new JobsBuilder { OnUnknownTask = UnknownTaskPolicy.Hold, WorkerName = "one", CodeVersion = "9" };
        configure(builder);
        var worker = new JobsWorker(builder.BuildSettings(new ServiceCollection().BuildServiceProvider()), silos.Cluster.Client, silos.Client, Fast);
        _workers.Add(worker);
        worker.Start();
        return worker;
    }

    private static Task<IReadOnlyList<WorkerInfo>> UntilAsync(IJobClient client, Func<IReadOnlyList<WorkerInfo>, bool> holds)
    {
        return LookAsync().Soon();

        async Task<IReadOnlyList<WorkerInfo>> LookAsync()
        {
            while (true)
            {
                var workers = await client.Workers.ListAsync();
                if (holds(workers)) return workers;
            }
        }
    }

    private async Task HoldAsync(int n, JobContext job)
    {
        _runs.Add(job);
        await _release.Task.WaitAsync(job.Cancellation);
    }

    /// <summary>Is called on the turn of a partition, and holds it.</summary>
    private sealed class BlockingObserver : IJobObserver
    {
        private readonly TaskCompletionSource _gate = new();
        private readonly TaskCompletionSource _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _blocks;

        internal Task Blocked => _blocked.Task;

        public void Enqueued(JobSnapshot job)
        {
            if (!_blocks) return;
            _blocked.TrySetResult();
            _gate.Task.GetAwaiter().GetResult();
        }

        internal void Block() => _blocks = true;

        internal void LetGo() => _gate.TrySetResult();
    }
}

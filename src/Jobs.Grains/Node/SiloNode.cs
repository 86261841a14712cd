using System.Collections.Concurrent;
using Jobs.Core;

namespace Jobs.Grains.Node;

/// <summary>
/// What the partitions of a silo share: one commit pipeline, the workers, the waiters. It opens and closes partitions when their grains
/// say so, and knows no grain itself.
/// </summary>
internal sealed partial class SiloNode : IJobsPulse, IAsyncDisposable
{
    /// <summary>Several times as long as clients take to ask again.</summary>
    private static readonly TimeSpan WatchedFor = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<PartitionKey, HostedPartition> _hosted = new();
    private readonly ConcurrentDictionary<QueueName, Lazy<QueueWorker?>> _workers = new();
    private readonly JobStateMachine _machine;
    private readonly CommitPipeline _pipeline;
    private readonly TaskLimits _taskLimits;
    private readonly TaskRunner _runner;
    private readonly RunEnvironment _environment;
    private readonly JobsMetrics _metrics;
    private readonly BacklogReader _backlog;
    private readonly EngineHealth _health;
    private readonly EngineEvents _handlers;
    private readonly JobLookUps _lookUps;
    private readonly CancellationTokenSource _storeGivenUp = new();
    private readonly string _owner;
    private volatile bool _isDraining;

    internal SiloNode(EngineSettings settings)
    {
        Settings = settings;
        _queueOptions = settings.Queues;
        Control = new JobsControl(this);
        _startedAt = settings.Clock.GetUtcNow();
        _owner = $"{settings.WorkerName} {Guid.NewGuid():N}";
        _lookUps = new JobLookUps(settings.Store);
        Watches = new JobWatches(Waiters, async id => await LookUpAsync(id).ConfigureAwait(false) is { } job ? Show(job) : null, WatchedFor);
        Plan = new EnqueuePlan(settings, IsLeftToOthers, queue => _queueOptions!.GetValueOrDefault(queue)?.Jobs);
        _machine = new JobStateMachine(settings.Limits);
        _metrics = new JobsMetrics(settings.MeterName, settings.MetricNames);
        _backlog = new BacklogReader(settings.Store, () => [.. _hosted.Keys], settings.Clock, TimeProvider.System);
        _metrics.Watch(_backlog);
        _health = new EngineHealth(settings.Clock, () => _hosted.Keys, _metrics, settings.Log);
        _pipeline = new CommitPipeline(settings.Store, settings.CommitLimits, settings.Clock, settings.Log, _health, _storeGivenUp.Token);
        _watch = new SettingsWatch(settings.Store.Settings);
        _watch.Changed += OnSettingsChanged;
        _environment = new RunEnvironment(
            settings.Services, settings.Codec, settings.Limits, settings.Clock, settings.Random, _metrics, settings.Log)
        {
            Transactions = settings.Store.HandlerTransactions,
        };
        _taskLimits = new TaskLimits(settings.Registry);
        Limiter = new Limiter(settings.Clock, settings.Registry);
        _runner = new TaskRunner(settings.Registry, settings.RunMiddleware, settings.OnUnknownTask, _environment);
        _handlers = new EngineEvents(settings, Waiters, _metrics, _health, static _ => null, static _ => { });
        Links = new WorkerLinks("", WorkerOrMake, worker => OfferOf(worker.OfferedTasks), _calls, LinkTimes.Default, settings.Log);
        settings.Registry.Changed += OnHandlersChanged;
    }

    internal EngineSettings Settings { get; }

    internal EnqueuePlan Plan { get; }

    /// <summary>The limits on what runs, as far as this silo has a share of them.</summary>
    internal Limiter Limiter { get; }

    internal IJobStore Store => Settings.Store;

    internal TimeProvider Clock => Settings.Clock;

    internal ResultWaiters Waiters { get; } = new();

    /// <summary>The jobs whose ends other processes wait for.</summary>
    internal JobWatches Watches { get; }

    internal IJobsHealth Health => _health;

    TimeProvider IJobsPulse.Clock => Clock;

    IEnumerable<PartitionRunner> IJobsPulse.Served => _hosted.Values.Select(hosted => hosted.Runner);

    /// <summary>The partitions that this silo serves now.</summary>
    internal IEnumerable<HostedPartition> Hosted => _hosted.Values;

    /// <summary>
    /// Takes a partition over and serves it: its epoch rises, so whoever served it before cannot write any more. Whoever has the partition by
    /// its lease is not waited for: the grain's activation says that it is gone.
    /// </summary>
    /// <param name="key">The partition.</param>
    /// <param name="lost">Called once when the partition cannot be served here any longer.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task<HostedPartition> OpenAsync(PartitionKey key, Action<PartitionKey> lost, CancellationToken cancellation)
    {
        var options = ShareOf(OptionsOf(key.Queue));
        var worker = WorkerOrMake(key.Queue);
        BeginOpening(key);
        HostedPartition? hosted = null;
        try
        {
            var claim = await Store.ClaimAsync(key, new OwnershipClaim(_owner, Settings.OwnerLease, EvenIfHeld: true), cancellation).ConfigureAwait(false);
            var opening = ((PartitionClaim.Granted)claim).Opening;
            await KnowSettingsAsync(cancellation).ConfigureAwait(false);
            var found = await FindHeldAsync(key, opening, worker, cancellation).ConfigureAwait(false);
            var queue = new JobQueue(key.Queue, options, worker);
            var events = new EngineEvents(Settings, Waiters, _metrics, _health, _ => queue, gone => lost(gone.Key)) { Workers = this };
            PartitionRunner? runner = null;
            var limits = Limiter.Open(key, bucket => runner?.Post(new PartitionMail.LimitRoom(bucket)));
            var partition = new QueuePartition(key, options.Strategy, Settings.Window, _machine)
            {
                IsPaused = task => hosted is { IsQuiet: true } || _paused.Stops(key.Queue, task, Settings.Registry),
                Limits = limits,
            };
            runner = new PartitionRunner(partition, opening.Epoch, Store, _pipeline, events, Clock, Settings.Log)
            {
                CallsWorkers = true,
                DoubtAfter = Settings.DoubtAfter,
            };
            runner.Open(opening, Clock.GetUtcNow(), opening.Before is OwnerBefore.Lost ? opening.LastSequence : 0, found.Held, found.Workers);
            queue.Opened(isFirstTime: true, opening);
            hosted = new HostedPartition(runner, queue, events, () => lost(key)) { Limits = limits };
            foreach (var ended in found.Ended) runner.Post(ended);
            Seat(hosted);

            // In case they were changed while it was on its way.
            queue.Change(ShareOf(OptionsOf(key.Queue)));
            queue.StartWorking();
            queue.Seat(queue.Seats[key.Number], runner);
            runner.Post(PartitionMail.Wake.Instance);
            _sweeper?.Wake(key);
            LookForDead(hosted, found.Workers);
            return hosted;
        }
        finally
        {
            EndOpening(key, hosted);
        }
    }

    /// <summary>Stops serving a partition. What was reported before is written first, if the partition is still this silo's.</summary>
    internal async Task CloseAsync(HostedPartition hosted)
    {
        if (hosted.Runner.IsServing) await UnlessStoreIsAwayAsync(FlushAsync([hosted])).ConfigureAwait(false);

        // What ends here from now on is for the next owner.
        hosted.Runner.Post(new WorkerMail.LetGo());
        _hosted.TryRemove(new KeyValuePair<PartitionKey, HostedPartition>(hosted.Key, hosted));
        hosted.Leave();
        await hosted.Runner.DisposeAsync().ConfigureAwait(false);
        Watches.Leave(hosted.Key);
        Limiter.Leave(hosted.Key, hosted.Limits);
    }

    /// <summary>Goes on counting as living for whoever looks at the store and not at the cluster.</summary>
    /// <param name="looksAtSettings">Whether to find out, too, what this silo has not been told of.</param>
    internal async ValueTask RenewAsync(bool looksAtSettings)
    {
        Watches.Sweep();
        try
        {
            await Store.RenewAsync(_owner, Settings.OwnerLease, CancellationToken.None).ConfigureAwait(false);
            if (looksAtSettings) await _watch.RefreshAsync(CancellationToken.None).ConfigureAwait(false);
            _health.Report(JobsLoop.Ownership, null, null);
        }
        catch (Exception e)
        {
            _health.Report(JobsLoop.Ownership, null, e);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Settings.Registry.Changed -= OnHandlersChanged;
        if (_lookForSilent is not null) await _lookForSilent.DisposeAsync().ConfigureAwait(false);
        Waiters.FailAll(new ServiceStoppedException("wait for jobs"));
        await _backlog.DisposeAsync().ConfigureAwait(false);
        await Store.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
        Limiter.Dispose();
        _reconfiguring.Dispose();
        _storeGivenUp.Dispose();
    }

    /// <summary>A job as it is now; what its running handler has noted is added.</summary>
    internal JobSnapshot Show(JobRecord job)
    {
        var snapshot = job.ToSnapshot() with { State = JobFilters.StateAt(job, Clock.GetUtcNow()) };
        if (snapshot.State is JobState.Pending && Limiter.WhatHolds(job) is { } limit) return snapshot with { WaitsForLimit = limit };
        if (snapshot.State is not JobState.Running || WorkerOf(job.Terms.Queue)?.Find(job.Id)?.TakeNotes() is not { } notes) return snapshot;
        return With(snapshot, notes);
    }

    private static JobSnapshot With(JobSnapshot job, AttemptNotes notes) =>
        job with { Progress = notes.Progress ?? job.Progress, Log = [.. job.Log, .. notes.Log] };

    private QueueWorker? WorkerOrMake(QueueName queue) =>
        _workers.GetOrAdd(queue, static (name, node) => new(() => node.MakeWorker(name)), this).Value;

    private QueueWorker? WorkerOf(QueueName queue) => _workers.TryGetValue(queue, out var worker) ? worker.Value : null;

    /// <summary>A queue's room is divided among its partitions, because no silo sees all of them.</summary>
    private static QueueOptions ShareOf(QueueOptions options) => new()
    {
        Partitions = options.Partitions,
        Strategy = options.Strategy,
        Concurrency = options.Concurrency,
        CapacityJobs = (options.CapacityJobs + options.Partitions - 1) / options.Partitions,
        WhenFull = options.WhenFull,
        WaitForRoom = options.WaitForRoom,
    };

    private QueueWorker? MakeWorker(QueueName queue)
    {
        var concurrency = OptionsOf(queue).Concurrency;

        // Also for a queue that is not served: it may be, later.
        if (!Settings.RunsJobs) return null;
        var worker = new QueueWorker(
            Settings.WorkerName, concurrency, Settings.Registry, _taskLimits, Settings.OnUnknownTask, _runner, _environment, Report,
            _handlers.SignalHandlerEnded, _handlers.StartedHook)
        {
            CodeVersion = Settings.CodeVersion,
            IsLeftToOthers = IsLeftToOthers,
            RunsForOthers = Settings.RunsForOthers,
        };
        worker.GivenBack = taskHasLimit => ThreadPool.UnsafeQueueUserWorkItem(_ => WakeHungry(queue, taskHasLimit, null), null);
        if (_isDraining) worker.StopTaking();
        return worker;
    }

    private void Report(RunningJob job, JobEvent ending, bool taskHasLimit)
    {
        var key = new PartitionKey(job.Queue, job.Id.Partition);
        if (_hosted.TryGetValue(key, out var own) && !job.IsLeft)
            own.Runner.Post(new PartitionMail.Outcome(job.Id, job.Record.Deliveries, ending, job.Committing));
        else
            ReportElsewhere(job, ending);
        WakeHungry(job.Queue, taskHasLimit, own);
        Links.SlotFreed(job.Queue, taskHasLimit);
    }

    /// <summary>Wakes whoever had a job and no slot: a slot is free for any partition of the queue, and one of a task for any partition at all.</summary>
    private void WakeHungry(QueueName queue, bool taskHasLimit, HostedPartition? but)
    {
        foreach (var other in _hosted.Values)
        {
            if (!ReferenceEquals(other, but) && other.Runner.IsHungry && (taskHasLimit || other.Key.Queue == queue))
                other.Runner.Post(PartitionMail.Wake.Instance);
        }
    }

    private void OnHandlersChanged()
    {
        Limiter.RegistryChanged();
        WakeAll();
    }

    private void WakeAll()
    {
        foreach (var hosted in _hosted.Values) hosted.Runner.Post(PartitionMail.Wake.Instance);
        Links.SignalAll();
    }
}

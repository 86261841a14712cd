namespace Jobs.Core;

/// <summary>The whole service in one process: queues, workers, commits and waiters on one store.</summary>
public sealed partial class EmbeddedEngine : IReconfigurable, IJobsPulse, IAsyncDisposable
{
    private readonly EngineSettings _settings;
    private readonly CommitPipeline _pipeline;
    private readonly TermsFactory _terms;
    private readonly JobDrafts _drafts;
    private readonly JobIdSource _ids;
    private readonly TaskRunner _runner;
    private readonly TaskLimits _taskLimits;
    private readonly Limiter _limiter;
    private readonly RunEnvironment _environment;
    private readonly JobsMetrics _metrics;
    private readonly BacklogReader _backlog;
    private readonly EngineHealth _health;
    private readonly EngineEvents _events;

    // Two gates, because a handler may open a queue while the engine drains and waits for that handler. They are not disposed: somebody
    // may still stop the engine, or open a queue, when it is closed, and they hold nothing that would have to be given back.
    private readonly SemaphoreSlim _lifecycle = new(1, 1);
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly CancellationTokenSource _storeGivenUp = new();
    private readonly JobStateMachine _machine;
    private readonly HistoryPruner _pruner;
    private Dictionary<QueueName, JobQueue> _queues = [];
    private ITimer? _pruneTimer;
    private int _isPruning;
    private volatile EngineState _state = EngineState.New;
    private int _disposed;

    internal EmbeddedEngine(EngineSettings settings)
    {
        _settings = settings;
        _machine = new JobStateMachine(settings.Limits);
        _pruner = new HistoryPruner(settings.Store, settings.Clock);
        _metrics = new JobsMetrics(settings.MeterName, settings.MetricNames);
        _health = new EngineHealth(settings.Clock, OpenPartitions, _metrics, settings.Log);
        _backlog = new BacklogReader(settings.Store, OwnedPartitions, settings.Clock, TimeProvider.System);
        _metrics.Watch(_health);
        _metrics.Watch(_backlog);
        _pipeline = new CommitPipeline(settings.Store, settings.CommitLimits, settings.Clock, settings.Log, _health, _storeGivenUp.Token);
        _terms = new TermsFactory(
            settings.Limits, settings.Codec, settings.Random, settings.CodeVersion, queue => _queueOptions!.GetValueOrDefault(BaseOf(queue))?.Jobs,
            settings.Registry);
        _drafts = new JobDrafts(settings.Limits, settings.Codec, _terms);
        _ids = new JobIdSource(settings.Clock, settings.Random);
        _environment = new RunEnvironment(
            settings.Services, settings.Codec, settings.Limits, settings.Clock, settings.Random, _metrics, settings.Log)
        {
            Transactions = settings.Store.HandlerTransactions,
        };
        _taskLimits = new TaskLimits(settings.Registry);
        _limiter = new Limiter(settings.Clock, settings.Registry);
        _runner = new TaskRunner(settings.Registry, settings.RunMiddleware, settings.OnUnknownTask, _environment);
        _watch = new SettingsWatch(settings.Store.Settings);
        _watch.Changed += OnSettingsChanged;
        _events = new EngineEvents(settings, Waiters, _metrics, _health, FindQueue, OnLost);
        _owner = $"{settings.WorkerName} {Guid.NewGuid():N}";
        _queueOptions = settings.Queues;
        Listeners = new TopicListeners(ListenerEnvironment.Of(settings));
        Control = new JobsControl(this);
        Client = new EmbeddedJobClient(this, settings.EnqueueMiddleware);
    }

    private enum EngineState
    {
        New,
        Running,
        Draining,
        Stopped,
    }

    /// <summary>The client of this engine; usable from start to stop.</summary>
    public IJobClient Client { get; }

    /// <summary>The handlers; they can be changed while the engine runs.</summary>
    public ITaskRegistry Registry => _settings.Registry;

    /// <summary>How the loops of this engine are; usable from before the start on.</summary>
    public IJobsHealth Health => _health;

    internal IPayloadCodec Codec => _settings.Codec;

    internal IJobStore Store => _settings.Store;

    internal TimeProvider Clock => _settings.Clock;

    TimeProvider IJobsPulse.Clock => Clock;

    IEnumerable<PartitionRunner> IJobsPulse.Served => Volatile.Read(ref _queues).Values.SelectMany(q => q.Partitions);

    internal ResultWaiters Waiters { get; } = new();

    internal EngineSettings Settings => _settings;

    /// <summary>Lets modules register, opens the queues, and starts working. A second call does nothing.</summary>
    /// <exception cref="ServiceStoppedException">The engine was stopped; make a new one.</exception>
    /// <exception cref="StoreUnavailableException">
    /// The store cannot be reached, and <see cref="JobsBuilder.WaitForStore"/> is not set. The start can be tried again.
    /// </exception>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        await _lifecycle.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_state is EngineState.Running) return;
            if (_state is not EngineState.New) throw new ServiceStoppedException("start again");
            RegisterModules();
            var stored = await ReachStoreAsync(() => Store.ListPartitionsAsync(cancellation), cancellation).ConfigureAwait(false);
            await ReachStoreAsync(() => RenewAsync(cancellation), cancellation).ConfigureAwait(false);
            await ReachStoreAsync(() => FirstLookAtSettingsAsync(cancellation), cancellation).ConfigureAwait(false);
            await ReachStoreAsync(() => DeclareLimitsAsync(cancellation), cancellation).ConfigureAwait(false);
            foreach (var queue in _settings.Queues.Keys.Append(QueueName.Default).Concat(stored.Select(p => p.Queue)).Distinct())
                await ReachStoreAsync(() => OpenAsync(queue, cancellation), cancellation).ConfigureAwait(false);
            _settings.Registry.Changed += OnHandlersChanged;
            StartOwning();
            _pruneTimer = OwnClock.CreateTimer(static engine => _ = ((EmbeddedEngine)engine!).PruneAsync(), this, HistoryPruner.Period, HistoryPruner.Period);
            await DeclareSchedulesAsync(cancellation).ConfigureAwait(false);
            await DeclareSubscriptionsAsync(cancellation).ConfigureAwait(false);
            _startedAt = Clock.GetUtcNow();
            _state = EngineState.Running;
            if (_settings.BindTasks)
            {
                foreach (var registration in _settings.Registry.All) registration.Task.Bind(Client);
            }

            foreach (var listen in _settings.Listeners) listen(Client.Topics);

            // Last, because a handler may use the client from its first moment on.
            foreach (var queue in _queues.Values) StartWorking(queue);
            StartSchedules();
            StartInbox();
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>Drains and stops as <see cref="StopAsync"/> does, if that was not done before, and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await _backlog.DisposeAsync().ConfigureAwait(false);
        await Store.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
        _limiter.Dispose();
        _storeGivenUp.Dispose();
        _takingOver.Dispose();
    }

    internal void RequireRunning(string action)
    {
        if (_state is not (EngineState.Running or EngineState.Draining)) throw new ServiceStoppedException(action);
    }

    internal void RequireAccepted(TaskDefinition task)
    {
        if (_settings.OnUnknownTask is UnknownTaskPolicy.Reject && _settings.Registry.Find(task.Name) is null && !IsLeftToOthers(task.Name))
            throw new TaskNotRegisteredException(task.Name, _settings.Registry.Names);
    }

    internal JobSnapshot Show(JobRecord job)
    {
        var snapshot = job.ToSnapshot() with { State = JobFilters.StateAt(job, Clock.GetUtcNow()) };
        if (snapshot.State is JobState.Pending && _limiter.WhatHolds(job) is { } limit) return snapshot with { WaitsForLimit = limit };
        if (snapshot.State is not JobState.Running || FindQueue(job.Terms.Queue)?.Worker?.Find(job.Id) is not { } running) return snapshot;
        return running.TakeNotes() is { } notes
            ? snapshot with { Progress = notes.Progress ?? snapshot.Progress, Log = [.. snapshot.Log, .. notes.Log] }
            : snapshot;
    }

    /// <summary>Has the store know which jobs are running before somebody looks there: all of them, or those beside one job.</summary>
    internal async ValueTask ShowStartsAsync(JobId? id)
    {
        foreach (var queue in Volatile.Read(ref _queues).Values)
        {
            if (queue.Worker is null || (id is { } one && (one.QueueHash != queue.Name.Hash || queue.Worker.Find(one) is null))) continue;
            foreach (var runner in queue.Partitions)
            {
                if (id is { } job && job.Partition != runner.Key.Number) continue;
                var show = new PartitionMail.ShowStarts();
                runner.Post(show);
                await show.Written.ConfigureAwait(false);
            }
        }
    }

    internal async ValueTask<JobTransition> AskAsync(JobId id, JobAction action, CancellationToken cancellation)
    {
        var queue = await QueueOfAsync(id, cancellation).ConfigureAwait(false);
        if (queue is null || id.Partition >= queue.Seats.Count) throw new JobNotFoundException(id);
        if (action is JobAction.RescheduleJob move)
            action = JobAction.Reschedule(Times.Bounded(Times.CeilingToMilliseconds(move.RunAt), Clock.GetUtcNow(), _settings.Limits));
        var looksIntoInbox = _sweeper is not null;
        while (true)
        {
            var ask = new PartitionMail.Ask(id, action);
            (await RequireAsync(queue, id.Partition, cancellation).ConfigureAwait(false)).Post(ask);
            try
            {
                return await ask.Answer.WaitAsync(cancellation).ConfigureAwait(false);
            }
            catch (PartitionLostException)
            {
                // Nothing was changed; whoever owns the partition next is asked.
            }
            catch (JobNotFoundException) when (looksIntoInbox)
            {
                looksIntoInbox = false;
                await TakeInAsync(id, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The queue that a job's id names; one that is not open yet is known by the job's record only.</summary>
    private async ValueTask<JobQueue?> QueueOfAsync(JobId id, CancellationToken cancellation)
    {
        foreach (var queue in Volatile.Read(ref _queues).Values)
        {
            if (queue.Name.Hash == id.QueueHash) return queue;
        }

        return await Store.FindAsync(id, cancellation).ConfigureAwait(false) is { } job
            ? await QueueAsync(job.Terms.Queue, cancellation).ConfigureAwait(false)
            : null;
    }

    internal JobQueue? FindQueue(QueueName name) => Volatile.Read(ref _queues).GetValueOrDefault(name);

    private async ValueTask<JobQueue> QueueAsync(QueueName name, CancellationToken cancellation)
    {
        if (FindQueue(name) is { } open) return open;
        await _opening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            RequireRunning("open the queue");
            var queue = await OpenAsync(name, cancellation).ConfigureAwait(false);
            if (_state is EngineState.Running) StartWorking(queue);
            return queue;
        }
        finally
        {
            _opening.Release();
        }
    }

    private async ValueTask<JobQueue> OpenAsync(QueueName name, CancellationToken cancellation)
    {
        if (FindQueue(name) is { } open) return open;
        foreach (var twin in _queues.Keys.Where(q => q.Hash == name.Hash))
            throw new InvalidNameException("queue", name.Value, $"its hash is that of the queue '{twin}'; choose another name");
        var options = OptionsOf(name);

        // Also for a queue that is not served: it may be, later.
        var worker = _settings.RunsOnDemand || _settings.RunsJobs ? MakeWorker(options) : null;
        var queue = new JobQueue(name, options, worker);
        if (worker is not null)
        {
            // Not on the turn of the partition that gives back: whoever is woken takes a turn of his own.
            worker.GivenBack = taskHasLimit => ThreadPool.UnsafeQueueUserWorkItem(_ => WakeHungry(queue, taskHasLimit), null);
        }

        Volatile.Write(ref _queues, new Dictionary<QueueName, JobQueue>(_queues) { [name] = queue });
        try
        {
            foreach (var seat in queue.Seats) await ClaimAsync(queue, seat, cancellation).ConfigureAwait(false);
            await DescribeAsync(queue, cancellation).ConfigureAwait(false);
            return queue;
        }
        catch
        {
            // As if it had not been tried, so that the next one who wants the queue tries again.
            Volatile.Write(ref _queues, _queues.Where(open => open.Key != name).ToDictionary());
            foreach (var runner in queue.Partitions) await runner.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void StartWorking(JobQueue queue)
    {
        if (!_settings.RunsOnDemand) queue.StartWorking();
    }

    private QueueWorker MakeWorker(QueueOptions options) => new(
        _settings.WorkerName, options.Concurrency, _settings.Registry, _taskLimits, _settings.OnUnknownTask, _runner, _environment, Report,
        _events.SignalHandlerEnded, _events.StartedHook)
    {
        CodeVersion = _settings.CodeVersion,
        IsLeftToOthers = IsLeftToOthers,
        RunsOnDemand = _settings.RunsOnDemand,
    };

    private void Report(RunningJob job, JobEvent ending, bool taskHasLimit)
    {
        var queue = FindQueue(job.Queue)!;
        queue.Seats[job.Id.Partition].Report(job.Record, ending, job);
        WakeHungry(queue, taskHasLimit);
    }

    /// <summary>Wakes whoever had a job and no slot, when one of this queue is free.</summary>
    private void WakeHungry(JobQueue queue, bool taskHasLimit)
    {
        queue.WakeHungry(alsoOnlyPartition: false);
        if (taskHasLimit)
        {
            // The task's slots are shared by all queues, so whoever waited for this one may be anywhere.
            foreach (var other in _queues.Values.Where(q => !ReferenceEquals(q, queue))) other.WakeHungry(alsoOnlyPartition: true);
        }
    }

    private void OnHandlersChanged()
    {
        if (_settings.BindTasks)
        {
            foreach (var registration in _settings.Registry.All) registration.Task.Bind(Client);
        }

        _limiter.RegistryChanged();
        WakeAll();
    }

    private IEnumerable<PartitionKey> OpenPartitions() => Volatile.Read(ref _queues).Values.SelectMany(q => q.Seats).Select(s => s.Key);

    private IReadOnlyCollection<PartitionKey> OwnedPartitions() => _state is EngineState.Running
        ? [.. Volatile.Read(ref _queues).Values.SelectMany(q => q.Partitions).Where(p => p.IsServing).Select(p => p.Key)]
        : [];

    private void WakeAll()
    {
        foreach (var runner in _queues.Values.SelectMany(q => q.Partitions)) runner.Post(PartitionMail.Wake.Instance);
    }

    private async Task PruneAsync()
    {
        // A clock that leaps ahead fires the timer once for each period that it skips; one look is enough for all of them.
        if (Interlocked.Exchange(ref _isPruning, 1) == 1) return;
        try
        {
            if (!await AreSchedulesSettledAsync().ConfigureAwait(false)) return;
            await _pruner.PruneAsync(_queueOptions, () => _state is EngineState.Running).ConfigureAwait(false);
            _health.Report(JobsLoop.Prune, null, null);
        }
        catch (Exception e)
        {
            _health.Report(JobsLoop.Prune, null, e);
            WorkerLog.PruneFailed(_settings.Log, e);
        }
        finally
        {
            Volatile.Write(ref _isPruning, 0);
        }
    }
}

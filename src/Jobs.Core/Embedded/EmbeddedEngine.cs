namespace Jobs.Core;

/// <summary>The whole service in one process: queues, workers, commits and waiters on one store.</summary>
public sealed partial class EmbeddedEngine : IAsyncDisposable
{
    private static readonly TimeSpan PrunePeriod = TimeSpan.FromMinutes(1);

    private readonly EngineSettings _settings;
    private readonly CommitPipeline _pipeline;
    private readonly TermsFactory _terms;
    private readonly JobIdSource _ids;
    private readonly TaskRunner _runner;
    private readonly TaskLimits _taskLimits;
    private readonly RunEnvironment _environment;
    private readonly JobsMetrics _metrics = new();
    private readonly EngineEvents _events;

    // Two gates, because a handler may open a queue while the engine drains and waits for that handler. They are not disposed: somebody
    // may still stop the engine, or open a queue, when it is closed, and they hold nothing that would have to be given back.
    private readonly SemaphoreSlim _lifecycle = new(1, 1);
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly JobStateMachine _machine;
    private Dictionary<QueueName, JobQueue> _queues = [];
    private ITimer? _pruneTimer;
    private int _isPruning;
    private volatile EngineState _state = EngineState.New;
    private int _disposed;

    internal EmbeddedEngine(EngineSettings settings)
    {
        _settings = settings;
        _machine = new JobStateMachine(settings.Limits);
        _pipeline = new CommitPipeline(settings.Store, settings.CommitLimits);
        _terms = new TermsFactory(settings.Limits, settings.Codec, settings.Random);
        _ids = new JobIdSource(settings.Clock, settings.Random);
        _environment = new RunEnvironment(
            settings.Services, settings.Codec, settings.Limits, settings.Clock, settings.Random, _metrics, settings.Log);
        _taskLimits = new TaskLimits(settings.Registry);
        _runner = new TaskRunner(settings.Registry, settings.RunMiddleware, settings.OnUnknownTask, _environment);
        _events = new EngineEvents(settings, Waiters, _metrics, FindQueue);
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

    internal IPayloadCodec Codec => _settings.Codec;

    internal IJobStore Store => _settings.Store;

    internal TimeProvider Clock => _settings.Clock;

    internal ResultWaiters Waiters { get; } = new();

    internal EngineSettings Settings => _settings;

    /// <summary>Lets modules register, opens the queues, and starts working. A second call does nothing.</summary>
    /// <exception cref="ServiceStoppedException">The engine was stopped; make a new one.</exception>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        await _lifecycle.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_state is EngineState.Running) return;
            if (_state is not EngineState.New) throw new ServiceStoppedException("start again");
            foreach (var module in _settings.Modules) module.Register(_settings.Registry);
            var stored = await Store.ListPartitionsAsync(cancellation).ConfigureAwait(false);
            foreach (var queue in _settings.Queues.Keys.Append(QueueName.Default).Concat(stored.Select(p => p.Queue)).Distinct())
                await OpenAsync(queue, cancellation).ConfigureAwait(false);
            _settings.Registry.Changed += OnHandlersChanged;
            _pruneTimer = OwnClock.CreateTimer(static engine => _ = ((EmbeddedEngine)engine!).PruneAsync(), this, PrunePeriod, PrunePeriod);
            _state = EngineState.Running;
            if (_settings.BindTasks)
            {
                foreach (var registration in _settings.Registry.All) registration.Task.Bind(Client);
            }

            // Last, because a handler may use the client from its first moment on.
            foreach (var queue in _queues.Values) StartWorking(queue);
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
        await Store.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
    }

    internal void RequireRunning(string action)
    {
        if (_state is not (EngineState.Running or EngineState.Draining)) throw new ServiceStoppedException(action);
    }

    internal void RequireAccepted(TaskDefinition task)
    {
        if (_settings.OnUnknownTask is UnknownTaskPolicy.Reject && _settings.Registry.Find(task.Name) is null)
            throw new TaskNotRegisteredException(task.Name, _settings.Registry.Names);
    }

    internal JobSnapshot Show(JobRecord job)
    {
        var snapshot = job.ToSnapshot() with { State = JobFilters.StateAt(job, Clock.GetUtcNow()) };
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
        if (queue is null || id.Partition >= queue.Partitions.Count) throw new JobNotFoundException(id);
        if (action is JobAction.RescheduleJob move)
            action = JobAction.Reschedule(Times.Bounded(Times.CeilingToMilliseconds(move.RunAt), Clock.GetUtcNow(), _settings.Limits));
        var ask = new PartitionMail.Ask(id, action);
        queue.Partitions[id.Partition].Post(ask);
        return await ask.Answer.WaitAsync(cancellation).ConfigureAwait(false);
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
        var options = _settings.Queues.GetValueOrDefault(name) ?? new QueueOptions();
        var worker = _settings.RunsOnDemand || (_settings.RunsJobs && options.Concurrency > 0) ? MakeWorker(options) : null;
        var runners = new PartitionRunner[options.Partitions];
        var unfinished = 0L;
        for (var number = 0; number < runners.Length; number++)
        {
            var key = new PartitionKey(name, number);
            var opening = await Store.OwnAsync(key, _settings.WorkerName, cancellation).ConfigureAwait(false);
            unfinished += opening.UnfinishedJobs;
            var partition = new QueuePartition(key, options.Strategy, _settings.Window, _machine);
            runners[number] = new PartitionRunner(partition, opening.Epoch, Store, _pipeline, _events, OwnClock, _settings.Log);
            runners[number].Open(opening, Clock.GetUtcNow());
        }

        var queue = new JobQueue(name, options, runners, worker, unfinished);
        Volatile.Write(ref _queues, new Dictionary<QueueName, JobQueue>(_queues) { [name] = queue });

        // Last, because jobs may end by it, and they give their room back to the queue.
        foreach (var runner in runners) runner.Post(PartitionMail.Wake.Instance);
        return queue;
    }

    private void StartWorking(JobQueue queue)
    {
        if (!_settings.RunsOnDemand) queue.StartWorking();
    }

    private QueueWorker MakeWorker(QueueOptions options) => new(
        _settings.WorkerName, options.Concurrency, _settings.Registry, _taskLimits, _settings.OnUnknownTask, _runner, _environment, Report,
        _events.SignalHandlerEnded, _events.StartedHook);

    private void Report(RunningJob job, JobEvent ending, bool taskHasLimit)
    {
        var queue = FindQueue(job.Queue)!;
        queue.Partitions[job.Id.Partition].Post(new PartitionMail.Outcome(job.Id, job.Record.Deliveries, ending));
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

        WakeAll();
    }

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
            await Store.PruneAsync(Clock.GetUtcNow(), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            WorkerLog.PruneFailed(_settings.Log, e);
        }
        finally
        {
            Volatile.Write(ref _isPruning, 0);
        }
    }
}

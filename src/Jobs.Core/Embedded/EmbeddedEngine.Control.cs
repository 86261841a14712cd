namespace Jobs.Core;

/// <content>Changing queues, handlers and concurrency while it runs (B8).</content>
public sealed partial class EmbeddedEngine
{
    private readonly SemaphoreSlim _reconfiguring = new(1, 1);
    private volatile IReadOnlyDictionary<QueueName, QueueOptions> _queueOptions;
    private volatile bool _servesNamedOnly;

    /// <summary>Changes what this process serves, while it runs.</summary>
    public IJobsControl Control { get; }

    IReadOnlyList<ServedQueue> IReconfigurable.ServedQueues =>
    [
        .. Volatile.Read(ref _queues).Values.OrderBy(q => q.Name.Value, StringComparer.Ordinal)
            .Select(q => new ServedQueue(q.Name, q.Worker?.Concurrency ?? 0, q.Worker?.Running.Count ?? 0)),
    ];

    private IReconfigurable Host => this;

    async Task IReconfigurable.ReconfigureAsync(Func<Task> change, CancellationToken cancellation)
    {
        await _reconfiguring.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_state is not EngineState.Running) throw new ServiceStoppedException("change what it serves");
            await change().ConfigureAwait(false);
        }
        finally
        {
            _reconfiguring.Release();
        }
    }

    QueueOptions IReconfigurable.OptionsOf(QueueName queue) => OptionsOf(queue);

    private QueueOptions OptionsOf(QueueName queue) =>
        OptionsIn(_queueOptions, queue) ?? (_servesNamedOnly ? new QueueOptions { Concurrency = 0 } : new QueueOptions());

    /// <summary>What is said of a queue. One of this process's own is like the queue that it stands beside, in one partition.</summary>
    private QueueOptions? OptionsIn(IReadOnlyDictionary<QueueName, QueueOptions> said, QueueName queue)
    {
        if (said.GetValueOrDefault(queue) is { } own) return own;
        return BaseOf(queue) is var beside && beside != queue ? said.GetValueOrDefault(beside)?.AsOne() : null;
    }

    /// <summary>The queue that one of this process's own stands beside (<see cref="NodeQueue"/>); any other itself.</summary>
    private QueueName BaseOf(QueueName queue) => !NodeQueue.MayBe(queue)
        ? queue
        : NodeQueue.BaseOf(queue, _queueOptions.Keys.Append(QueueName.Default).Concat(Volatile.Read(ref _queues).Keys)) ?? queue;

    void IReconfigurable.RequireChangeable(QueueName queue, QueueOptions options)
    {
        const string Remedy = "it cannot be changed while the queue is open; restart the service with it";
        if (options.Concurrency > 0 && !_settings.RunsJobs)
            throw new InvalidJobOptionException(nameof(options.Concurrency), options.Concurrency, "this process runs no jobs; start it with RunsJobs");
        if (FindQueue(queue)?.Options is not { } open) return;
        if (open.Partitions != options.Partitions) throw new InvalidJobOptionException(nameof(options.Partitions), options.Partitions, Remedy);
        if (open.Strategy != options.Strategy) throw new InvalidJobOptionException(nameof(options.Strategy), options.Strategy, Remedy);
    }

    async Task IReconfigurable.ServeAsync(QueueName queue, QueueOptions options, CancellationToken cancellation)
    {
        // A queue that is opened takes its options from the table, so it is opened at rest: if that fails, nothing has changed.
        var before = _queueOptions;
        if (FindQueue(queue) is null) await OpenAtRestAsync([(queue, options)], before, cancellation).ConfigureAwait(false);
        _queueOptions = new Dictionary<QueueName, QueueOptions>(before) { [queue] = options };
        FindQueue(queue)!.Change(options);
    }

    async Task IReconfigurable.UpgradeAsync(Action<JobsUpgrade> describe, CancellationToken cancellation)
    {
        var before = _queueOptions;
        var upgrade = JobsUpgrade.Of(describe, Codec, before, Host.RequireChangeable);
        var missing = upgrade.Queues.Where(q => FindQueue(q.Key) is null).Select(q => (q.Key, q.Value)).ToList();
        await OpenAtRestAsync(missing, before, cancellation).ConfigureAwait(false);

        // From here on nothing fails. Queues that may be opened while this happens find what is true from now on.
        var all = upgrade.QueuesAfter(before);
        _queueOptions = all;
        _servesNamedOnly = true;
        _settings.Registry.ReplaceAll(upgrade.Handlers);
        foreach (var queue in Volatile.Read(ref _queues).Values) queue.Change(OptionsIn(all, queue.Name) ?? queue.Options.AtRest());
    }

    async Task<bool> IReconfigurable.WhenQueueRestsAsync(QueueName name, TimeSpan? patience, CancellationToken cancellation)
    {
        // What was being handed out when the queue was removed is running after this.
        await FlushAsync().WaitAsync(cancellation).ConfigureAwait(false);
        var queue = FindQueue(name);
        var rests = await _events.WaitForHandlersAsync(
            () => queue?.Worker is not { Running.Count: > 0 }, patience ?? _settings.DrainTime, cancellation).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return rests;
    }

    private async Task OpenAtRestAsync(
        List<(QueueName Name, QueueOptions Options)> queues, IReadOnlyDictionary<QueueName, QueueOptions> before, CancellationToken cancellation)
    {
        if (queues.Count == 0) return;
        var opening = new Dictionary<QueueName, QueueOptions>(before);
        foreach (var (name, options) in queues) opening[name] = options.AtRest();
        _queueOptions = opening;
        try
        {
            foreach (var (name, _) in queues) await QueueAsync(name, cancellation).ConfigureAwait(false);
        }
        catch
        {
            _queueOptions = before;
            throw;
        }
    }
}

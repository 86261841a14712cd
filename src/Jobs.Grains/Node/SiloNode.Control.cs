using Jobs.Core;

namespace Jobs.Grains.Node;

/// <content>
/// Changing queues, handlers and concurrency while it runs (B8), on this silo alone: the handlers are its code, and its concurrency its own. What
/// has to be alike on all silos, a queue's room and what happens when it is full, is changed on each of them.
/// </content>
internal sealed partial class SiloNode : IReconfigurable
{
    private readonly SemaphoreSlim _reconfiguring = new(1, 1);
    private volatile IReadOnlyDictionary<QueueName, QueueOptions> _queueOptions;
    private volatile bool _servesNamedOnly;

    internal IJobsControl Control { get; }

    /// <summary>The options of the queues that are described.</summary>
    internal IReadOnlyDictionary<QueueName, QueueOptions> QueueOptions => _queueOptions;

    IReadOnlyList<ServedQueue> IReconfigurable.ServedQueues =>
    [
        .. _queueOptions.Keys.Union(_hosted.Keys.Select(key => key.Queue)).OrderBy(queue => queue.Value, StringComparer.Ordinal).Select(queue =>
        {
            var worker = WorkerOf(queue);
            return new ServedQueue(queue, worker?.Concurrency ?? (Settings.RunsJobs ? OptionsOf(queue).Concurrency : 0), worker?.Running.Count ?? 0);
        }),
    ];

    internal QueueOptions OptionsOf(QueueName queue) =>
        _queueOptions.GetValueOrDefault(queue) ?? (_servesNamedOnly ? new QueueOptions().AtRest() : new QueueOptions());

    QueueOptions IReconfigurable.OptionsOf(QueueName queue) => OptionsOf(queue);

    async Task IReconfigurable.ReconfigureAsync(Func<Task> change, CancellationToken cancellation)
    {
        await _reconfiguring.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_isDraining) throw new ServiceStoppedException("change what it serves");
            await change().ConfigureAwait(false);
        }
        finally
        {
            _reconfiguring.Release();
        }
    }

    void IReconfigurable.RequireChangeable(QueueName queue, QueueOptions options)
    {
        const string Remedy = "it cannot be changed while the queue is open; restart the cluster with it";
        if (options.Concurrency > 0 && !Settings.RunsJobs)
            throw new InvalidJobOptionException(nameof(options.Concurrency), options.Concurrency, "this silo runs no jobs; start it with RunsJobs");
        if (!_queueOptions.ContainsKey(queue) && !_hosted.Keys.Any(key => key.Queue == queue)) return;
        var open = OptionsOf(queue);
        if (open.Partitions != options.Partitions) throw new InvalidJobOptionException(nameof(options.Partitions), options.Partitions, Remedy);
        if (open.Strategy != options.Strategy) throw new InvalidJobOptionException(nameof(options.Strategy), options.Strategy, Remedy);
    }

    async Task IReconfigurable.ServeAsync(QueueName queue, QueueOptions options, CancellationToken cancellation)
    {
        await DescribeAsync(queue, options, cancellation).ConfigureAwait(false);
        _queueOptions = new Dictionary<QueueName, QueueOptions>(_queueOptions) { [queue] = options };
        ApplyOptions();
    }

    async Task IReconfigurable.UpgradeAsync(Action<JobsUpgrade> describe, CancellationToken cancellation)
    {
        var upgrade = JobsUpgrade.Of(describe, Settings.Codec, _queueOptions, ((IReconfigurable)this).RequireChangeable);
        foreach (var (queue, options) in upgrade.Queues) await DescribeAsync(queue, options, cancellation).ConfigureAwait(false);

        // From here on nothing fails. Partitions that may be opened while this happens find what is true from now on.
        _queueOptions = upgrade.QueuesAfter(_queueOptions);
        _servesNamedOnly = true;
        Settings.Registry.ReplaceAll(upgrade.Handlers);
        ApplyOptions();
    }

    async Task<bool> IReconfigurable.WhenQueueRestsAsync(QueueName name, TimeSpan? patience, CancellationToken cancellation)
    {
        // What was being handed out when the queue was removed is running after this.
        await FlushAsync([.. _hosted.Values]).WaitAsync(cancellation).ConfigureAwait(false);
        var rests = await _handlers.WaitForHandlersAsync(
            () => WorkerOf(name) is not { Running.Count: > 0 }, patience ?? Settings.DrainTime, cancellation).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return rests;
    }

    /// <summary>Has everything go by the options as they are now.</summary>
    private void ApplyOptions()
    {
        foreach (var queue in _workers.Keys) WorkerOf(queue)?.SetConcurrency(OptionsOf(queue).Concurrency);
        foreach (var hosted in _hosted.Values) hosted.Queue.Change(ShareOf(OptionsOf(hosted.Key.Queue)));
    }

    /// <summary>Says how a queue is divided, for those who enqueue on other ways than through a silo.</summary>
    private async ValueTask DescribeAsync(QueueName queue, QueueOptions options, CancellationToken cancellation)
    {
        if (Store.Inbox is { } inbox) await inbox.DescribeQueueAsync(queue, options.Partitions, cancellation).ConfigureAwait(false);
    }
}

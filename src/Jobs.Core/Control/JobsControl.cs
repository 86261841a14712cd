namespace Jobs.Core;

/// <summary>Reconfigures what this process serves. What can fail comes before anything is changed.</summary>
internal sealed class JobsControl(IReconfigurable host) : IJobsControl
{
    public IReadOnlyList<ServedQueue> Queues => host.ServedQueues;

    public ValueTask SetConcurrencyAsync(QueueName queue, int concurrency, CancellationToken cancellation = default) =>
        ChangeQueueAsync(queue, options => options.Concurrency = concurrency, cancellation);

    public async ValueTask ChangeQueueAsync(QueueName queue, Action<QueueOptions> change, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        await host.ReconfigureAsync(
            async () =>
            {
                var options = host.OptionsOf(queue).Copy();
                change(options);
                host.RequireChangeable(queue, options.Checked());
                await host.ServeAsync(queue, options, cancellation).ConfigureAwait(false);
            },
            cancellation).ConfigureAwait(false);
    }

    public async ValueTask<bool> RemoveQueueAsync(QueueName queue, TimeSpan? patience = null, CancellationToken cancellation = default)
    {
        if (patience < TimeSpan.Zero) throw new InvalidJobOptionException(nameof(patience), patience, "use zero or a positive time");
        await ChangeQueueAsync(queue, options => options.Concurrency = 0, cancellation).ConfigureAwait(false);
        return await host.WhenQueueRestsAsync(queue, patience, cancellation).ConfigureAwait(false);
    }

    public async ValueTask UpgradeAsync(Action<JobsUpgrade> describe, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(describe);
        await host.ReconfigureAsync(() => host.UpgradeAsync(describe, cancellation), cancellation).ConfigureAwait(false);
    }
}

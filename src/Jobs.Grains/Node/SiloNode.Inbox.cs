using Jobs.Core;

namespace Jobs.Grains.Node;

/// <content>
/// Jobs that callers enqueue in transactions of their own. Every silo hears of them; the one that serves their partition takes them in, and if
/// nobody does, somebody is asked to.
/// </content>
internal sealed partial class SiloNode : IInboxHost
{
    private InboxSweeper? _sweeper;
    private Func<PartitionKey, Task>? _wake;

    ValueTask<ServedPartition?> IInboxHost.FindServedAsync(PartitionKey partition, CancellationToken cancellation)
    {
        if (_hosted.TryGetValue(partition, out var hosted) && hosted.Runner.IsServing)
            return new(new ServedPartition(hosted.Runner, hosted.Queue, hosted.Events));

        // Not awaited: a silo that does not answer must not keep the others' jobs waiting.
        if (partition.Number < OptionsOf(partition.Queue).Partitions) _ = _wake!(partition);
        return default;
    }

    /// <summary>Begins to take jobs in, and says how queues are divided.</summary>
    /// <param name="wake">Has a partition served by whoever is to.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task StartInboxAsync(Func<PartitionKey, Task> wake, CancellationToken cancellation)
    {
        if (Store.Inbox is not { } inbox) return;
        _wake = wake;
        foreach (var queue in Settings.Queues.Keys.Append(QueueName.Default).Distinct())
            await DescribeAsync(queue, OptionsOf(queue), cancellation).ConfigureAwait(false);
        _sweeper = new InboxSweeper(inbox, _pipeline, this, Clock, _metrics, _health, Settings.Log);
        _sweeper.Start();
    }

    internal async Task StopInboxAsync()
    {
        if (_sweeper is not null) await _sweeper.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Looks for jobs in case nobody said that some came.</summary>
    internal void LookIntoInbox() => _sweeper?.Wake(null);

    /// <summary>Takes a job in if it is still in the inbox. If it is not, it may have been taken in meanwhile: whoever looked before looks again.</summary>
    private async Task TakeInAsync(JobId id)
    {
        if (await Store.Inbox!.FindInInboxAsync(id, CancellationToken.None).ConfigureAwait(false) is { } job)
            await _sweeper!.LookAsync(job.Partition).ConfigureAwait(false);
    }
}

namespace Jobs.Core;

/// <content>Jobs that callers enqueue in transactions of their own: they are in the store's inbox until the owner of their partition takes them in.</content>
public sealed partial class EmbeddedEngine : IInboxHost
{
    private InboxSweeper? _sweeper;
    private int _looksSinceInbox;

    /// <summary>What is needed to make jobs that are written by somebody else than this engine.</summary>
    internal JobDrafts Drafts => _drafts;

    async ValueTask<ServedPartition?> IInboxHost.FindServedAsync(PartitionKey partition, CancellationToken cancellation)
    {
        if (_state is not EngineState.Running) return null;

        // A queue that nobody here has used yet is opened, in case this process may have it. Any other owner is told as this one was.
        var queue = await QueueAsync(partition.Queue, cancellation).ConfigureAwait(false);
        return queue.Find(partition.Number) is { } runner ? new ServedPartition(runner, queue, _events) : null;
    }

    private void StartInbox()
    {
        if (Store.Inbox is not { } inbox || _settings.RunsOnDemand) return;
        _sweeper = new InboxSweeper(inbox, _pipeline, this, Clock, _metrics, _health, _settings.Log);
        _sweeper.Start();
    }

    private async Task StopInboxAsync()
    {
        if (_sweeper is not null) await _sweeper.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Looks into the inbox now and then, once in the time of a lease, in case nobody said that something came.</summary>
    private void LookIntoInbox()
    {
        if (_sweeper is null || ++_looksSinceInbox < RenewalsPerLease) return;
        _looksSinceInbox = 0;
        _sweeper.Wake(null);
    }

    private async ValueTask DescribeAsync(JobQueue queue, CancellationToken cancellation)
    {
        if (Store.Inbox is { } inbox) await inbox.DescribeQueueAsync(queue.Name, queue.Seats.Count, cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes a job in if it is still in the inbox. If it is not, it may have been taken in meanwhile: whoever looked before looks again.</summary>
    private async ValueTask TakeInAsync(JobId id, CancellationToken cancellation)
    {
        if (await Store.Inbox!.FindInInboxAsync(id, cancellation).ConfigureAwait(false) is { } job)
            await _sweeper!.LookAsync(job.Partition).WaitAsync(cancellation).ConfigureAwait(false);
    }
}

namespace Jobs.Core;

/// <content>An engine that does nothing by itself and runs single jobs for somebody who asks: the test kit.</content>
public sealed partial class EmbeddedEngine
{
    /// <summary>The clock of what the engine does by itself: looking for due jobs, pruning.</summary>
    private TimeProvider OwnClock => _settings.RunsOnDemand ? new StillClock(Clock) : Clock;

    /// <summary>The job that would be handed out next; among those of several partitions the one that is due first, then the older one.</summary>
    internal async ValueTask<JobRecord?> PeekAsync()
    {
        RequireRunning("run jobs");
        await FlushAsync().ConfigureAwait(false);
        JobRecord? next = null;
        foreach (var queue in Volatile.Read(ref _queues).Values)
        {
            foreach (var partition in queue.Partitions)
            {
                var mail = new OnDemandMail(queue.Worker!, null);
                partition.Post(mail);
                if (await mail.Answer.ConfigureAwait(false) is not { } first) continue;
                if (next is null || (first.RunAt, first.Id).CompareTo((next.RunAt, next.Id)) < 0) next = first;
            }
        }

        return next;
    }

    /// <summary>Runs one attempt of a job in the flow of the caller, and returns when its end is committed.</summary>
    /// <returns>False if the job is not ready: not due, without handler, behind another one of its group, running, or ended.</returns>
    internal async ValueTask<bool> RunHereAsync(JobId id)
    {
        RequireRunning("run jobs");
        await FlushAsync().ConfigureAwait(false);
        var queue = await QueueOfAsync(id, CancellationToken.None).ConfigureAwait(false);
        if (queue is null || queue.Find(id.Partition) is not { } partition) return false;
        var mail = new OnDemandMail(queue.Worker!, id);
        var start = new PartitionMail.ShowStarts();
        partition.Post(mail);
        if (await mail.Answer.ConfigureAwait(false) is not { } job) return false;

        // Whoever looks while the handler runs finds the job running, every time.
        partition.Post(start);
        await start.Written.ConfigureAwait(false);
        await queue.Worker!.RunHereAsync(job).ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
        return true;
    }

    /// <summary>Completes when every OnExhausted callback that was started has returned.</summary>
    internal Task WhenCallbacksDoneAsync() => _events.WhenCallbacksDoneAsync(Timeout.InfiniteTimeSpan);

    /// <summary>Has every partition look at the clock.</summary>
    internal void LookAtClock() => WakeAll();
}

namespace Jobs.Core;

/// <content>
/// Jobs that were handed out for a time and not to a worker that is known to live (rule I5). When the time is over without an answer, the
/// delivery counts as lost. The end of a lease is stored with the job, so it holds for the next owner of the partition too.
/// </content>
public sealed partial class QueuePartition
{
    /// <summary>By when their leases end. What has been answered or extended since is passed over when its time comes.</summary>
    private readonly PriorityQueue<JobEntry, long> _leases = new();

    /// <summary>When the next lease may end; null if none is running.</summary>
    public DateTimeOffset? NextLeaseEnd => _leases.TryPeek(out _, out var ticks) ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>The job, if it is leased under this delivery and the lease is not over; null if not.</summary>
    public JobRecord? FindLease(JobId id, int delivery, DateTimeOffset now) =>
        Find(id) is { State: JobState.Running } job && job.Deliveries == delivery && job.LeasedUntil > now ? job : null;

    /// <summary>Stages the return, or the end, of every job whose lease is over.</summary>
    public IReadOnlyList<StagedChange> PlanLeasesOver(DateTimeOffset now)
    {
        List<StagedChange>? changes = null;
        while (_leases.TryPeek(out var entry, out var end) && end <= now.UtcTicks)
        {
            _leases.Dequeue();
            if (!_entries.TryGetValue(entry.Job.Id, out var present) || !ReferenceEquals(present, entry)) continue;
            var leased = entry.Abandoned ?? entry.Job;
            if (leased.State is not JobState.Running || !(leased.LeasedUntil <= now)) continue;
            if (entry.Abandoned is not null) HandlerEnded(leased.Id, leased.Deliveries, now);
            else if (entry.Staged is null) (changes ??= []).AddRange(PlanLost(leased.Id, now));

            // What has a change under way is looked at again when that is settled.
        }

        return changes ?? (IReadOnlyList<StagedChange>)[];
    }

    /// <summary>True if jobs for this consumer may be in the store that would be read next, or behind a group that is sought there.</summary>
    internal bool IsReadingFor(IJobSink sink) =>
        _groupsToLoad.Count > 0 || _groups.Values.Any(group => group.Loading) ||
        _lanes.Any(lane => lane.Value.Bound is not null && lane.Value.First() is null && IsOpenFor(sink, lane.Key, null)) ||
        _openLines.Any(line => line.Window.Bound is not null && line.Window.First() is null && IsOpenFor(sink, line.Task, null));

    private void WatchLease(JobEntry entry)
    {
        if ((entry.Abandoned ?? entry.Job) is { State: JobState.Running, LeasedUntil: { } until }) _leases.Enqueue(entry, until.UtcTicks);
    }
}

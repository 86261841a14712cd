namespace Jobs.Core;

/// <summary>What is unfinished of a queue in the partitions that this process owns.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Counts">Its unfinished jobs by state.</param>
/// <param name="OldestDueAge">How long the pending job has been due that has been due for longest; zero if none is pending.</param>
internal sealed record QueueBacklog(QueueName Queue, JobCounts Counts, TimeSpan OldestDueAge)
{
    internal static readonly JobState[] States = [JobState.Scheduled, JobState.Pending, JobState.Running, JobState.Retrying];

    /// <summary>Adds up what was read of partitions, by queue; a queue of which nothing was read is empty.</summary>
    internal static IReadOnlyList<QueueBacklog> Of(
        IReadOnlyList<PartitionBacklog> read, IEnumerable<PartitionKey> partitions, DateTimeOffset now)
    {
        var byQueue = read.ToLookup(backlog => backlog.Partition.Queue);
        return [.. partitions.Select(key => key.Queue).Distinct().Select(queue => new QueueBacklog(queue, Sum(byQueue[queue]), AgeIn(byQueue[queue], now)))];
    }

    private static JobCounts Sum(IEnumerable<PartitionBacklog> partitions) => partitions.Aggregate(
        new JobCounts(),
        (sum, backlog) => new JobCounts
        {
            Scheduled = sum.Scheduled + backlog.Counts.Scheduled,
            Pending = sum.Pending + backlog.Counts.Pending,
            Running = sum.Running + backlog.Counts.Running,
            Retrying = sum.Retrying + backlog.Counts.Retrying,
        });

    private static TimeSpan AgeIn(IEnumerable<PartitionBacklog> partitions, DateTimeOffset now) =>
        partitions.Min(backlog => backlog.OldestDueAt) is { } due && due < now ? now - due : TimeSpan.Zero;
}

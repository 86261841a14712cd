namespace Jobs.Core;

/// <summary>What is unfinished in a partition, as the store has it.</summary>
/// <param name="Partition">Which.</param>
/// <param name="Counts">Its unfinished jobs by state, a due one counted as pending; zero for the final states.</param>
/// <param name="OldestDueAt">Since when the pending job is due that has been due for longest; null if none is pending.</param>
public sealed record PartitionBacklog(PartitionKey Partition, JobCounts Counts, DateTimeOffset? OldestDueAt);

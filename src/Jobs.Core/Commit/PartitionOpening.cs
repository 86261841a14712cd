namespace Jobs.Core;

/// <summary>What a new owner of a partition gets to know.</summary>
/// <param name="Epoch">The number of this ownership, higher than all before; every write names it.</param>
/// <param name="LastSequence">The highest sequence number that was ever used.</param>
/// <param name="UnfinishedJobs">How many unfinished jobs there are.</param>
/// <param name="Tasks">The tasks that waiting jobs (scheduled, pending, retrying) belong to.</param>
/// <param name="Started">Jobs that an owner before had handed out, and those of a group that are between two attempts.</param>
/// <param name="Before">How the ownership before ended.</param>
public sealed record PartitionOpening(
    long Epoch, long LastSequence, long UnfinishedJobs, IReadOnlyList<string> Tasks, IReadOnlyList<JobRecord> Started,
    OwnerBefore Before = OwnerBefore.Released);

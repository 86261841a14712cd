namespace Jobs.Core;

/// <summary>A partition that this process serves.</summary>
/// <param name="Runner">The loop around it.</param>
/// <param name="Queue">How full its queue is.</param>
/// <param name="Events">Whom its commits are told.</param>
internal sealed record ServedPartition(PartitionRunner Runner, JobQueue Queue, IPartitionEvents Events);

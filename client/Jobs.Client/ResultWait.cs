using Jobs.Grains.Contracts;

namespace Jobs.Client;

/// <summary>The wait for one job's end, shared by all who wait for it in this process.</summary>
internal sealed class ResultWait
{
    internal TaskCompletionSource<JobSnapshot> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Who waits; changed under this object's lock.</summary>
    internal int Holders { get; set; }

    /// <summary>True once the last of them has left.</summary>
    internal bool IsGone { get; set; }

    /// <summary>True while the job was enqueued to be awaited and nobody waits yet.</summary>
    internal volatile bool IsExpected;

    /// <summary>Whether its partition has to be asked before anybody can rely on being told.</summary>
    internal volatile bool MustAsk;

    /// <summary>Whether silos have heard before that the job is awaited here.</summary>
    internal volatile bool IsKnown;

    /// <summary>The partition of the job; null before somebody waits.</summary>
    internal IQueuePartition? Partition { get; set; }

    /// <summary>When its partition was last asked.</summary>
    internal long AskedAt { get; set; }

    /// <summary>When the job was enqueued, if it replaced another one under its id; then it tells the two apart.</summary>
    internal DateTimeOffset? Since { get; init; }

    /// <summary>The wait for the job that this one's replaced, while that one's end is not known here.</summary>
    internal ResultWait? Before { get; init; }

    /// <summary>Takes the end of the job, or of the one that it replaced, which may come late and may not come any more.</summary>
    internal void End(JobSnapshot job)
    {
        if (!(job.EnqueuedAt < Since)) Ended.TrySetResult(job);
        Before?.End(job);
    }

    internal void Fail(Exception error)
    {
        Ended.TrySetException(error);
        Before?.Fail(error);
    }

    internal void Asked()
    {
        MustAsk = false;
        AskedAt = TimeProvider.System.GetTimestamp();
    }
}

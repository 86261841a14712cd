namespace Jobs;

/// <summary>A lease is over: its time ended, its job was handed out again, or it ended otherwise. The answer changed nothing.</summary>
public sealed class LeaseLostException(LeaseToken lease)
    : JobsException($"The lease {lease} is over, and this answer changed nothing. Take a longer lease or extend it while the work goes on; "
        + "the job is handed out again if it has not ended.")
{
    /// <summary>The lease.</summary>
    public LeaseToken Lease { get; } = lease;
}

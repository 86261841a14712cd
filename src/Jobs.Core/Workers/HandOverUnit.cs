namespace Jobs.Core;

/// <summary>
/// Starts of jobs that go to a worker elsewhere and must be written first: because nobody else would know of them when the owner dies (rule I5),
/// or because one of them may be what ended the owner before (rule I7).
/// </summary>
internal sealed class HandOverUnit(PartitionRunner runner, WorkerMail.Exchange exchange, IReadOnlyList<JobRecord> jobs) : CommitUnit
{
    public override IReadOnlyList<JobChange> Changes { get; } = [.. jobs.Select(job => runner.Change(new JobTransition(job, job)))];

    internal WorkerMail.Exchange Exchange { get; } = exchange;

    internal IReadOnlyList<JobRecord> Jobs { get; } = jobs;

    /// <summary>Which doubt of its owner it ends if it is committed.</summary>
    internal int Doubt { get; } = runner.Doubts;

    public override void Settle(CommitVerdict verdict) => runner.Post(new WorkerMail.HandedOver(this, verdict));
}

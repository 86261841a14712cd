namespace Jobs.Core;

/// <summary>
/// Starts of jobs that somebody takes. They are written before the jobs are handed over: so no delivery number is ever given twice, and
/// whoever opens the partition next knows of the leases (rule I5).
/// </summary>
internal sealed class LeaseUnit(PartitionRunner runner, LeaseMail.Take take, IReadOnlyList<Assignment> assignments) : CommitUnit
{
    public override IReadOnlyList<JobChange> Changes { get; } = [.. assignments.Select(a => runner.Change(new JobTransition(a.Job, a.Job)))];

    internal LeaseMail.Take Take { get; } = take;

    internal IReadOnlyList<Assignment> Assignments { get; } = assignments;

    public override void Settle(CommitVerdict verdict) => runner.Post(new LeaseMail.Leased(this, verdict));
}

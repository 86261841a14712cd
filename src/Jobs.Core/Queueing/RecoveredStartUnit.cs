namespace Jobs.Core;

/// <summary>Starts that must be written before the jobs run, because a job among them may be what ended the owner before (rule I7).</summary>
internal sealed class RecoveredStartUnit(PartitionRunner runner, IJobSink sink, IReadOnlyList<Assignment> assignments) : CommitUnit
{
    public override IReadOnlyList<JobChange> Changes { get; } = [.. assignments.Select(a => runner.Change(new JobTransition(a.Job, a.Job)))];

    internal IJobSink Sink { get; } = sink;

    internal IReadOnlyList<Assignment> Assignments { get; } = assignments;

    /// <summary>Which doubt of its owner it ends if it is committed.</summary>
    internal int Doubt { get; } = runner.Doubts;

    public override void Settle(CommitVerdict verdict) => runner.Post(new PartitionMail.RecoveredStarted(this, verdict));
}

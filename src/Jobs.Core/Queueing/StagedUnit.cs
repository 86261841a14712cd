namespace Jobs.Core;

/// <summary>Staged changes of one partition that are committed together, and the question they answer, if they answer one.</summary>
internal sealed class StagedUnit(PartitionRunner runner, IReadOnlyList<StagedChange> staged, PartitionMail.Question? question = null) : CommitUnit
{
    public override IReadOnlyList<JobChange> Changes { get; } = ChangesOf(staged, runner);

    internal IReadOnlyList<StagedChange> Staged { get; } = staged;

    internal PartitionMail.Question? Question { get; } = question;

    /// <summary>How often the store failed on this unit.</summary>
    internal int Failures { get; set; }

    public override bool IsRepeated => Failures > 0;

    public override bool CanWait => CanWaitAtFirst && Failures == 0;

    /// <summary>Whether nothing waits for these changes, as far as was known when they were staged.</summary>
    internal bool CanWaitAtFirst { get; init; }

    private static JobChange[] ChangesOf(IReadOnlyList<StagedChange> staged, PartitionRunner runner)
    {
        var changes = new JobChange[staged.Count];
        for (var i = 0; i < changes.Length; i++) changes[i] = runner.Change(staged[i].Transition);
        return changes;
    }

    public override void Settle(CommitVerdict verdict) => runner.Post(new PartitionMail.Settled(this, verdict));
}

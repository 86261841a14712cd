namespace Jobs.Core;

/// <summary>Staged changes of one partition that are committed together, and the question they answer, if they answer one.</summary>
internal sealed class StagedUnit(PartitionRunner runner, IReadOnlyList<StagedChange> staged, long epoch, PartitionMail.Ask? question = null) : CommitUnit
{
    public override IReadOnlyList<JobChange> Changes { get; } = ChangesOf(staged, epoch);

    internal IReadOnlyList<StagedChange> Staged { get; } = staged;

    internal PartitionMail.Ask? Question { get; } = question;

    /// <summary>How often the store failed on this unit.</summary>
    internal int Failures { get; set; }

    private static JobChange[] ChangesOf(IReadOnlyList<StagedChange> staged, long epoch)
    {
        var changes = new JobChange[staged.Count];
        for (var i = 0; i < changes.Length; i++) changes[i] = new JobChange(staged[i].Transition, epoch);
        return changes;
    }

    public override void Settle(CommitVerdict verdict) => runner.Post(new PartitionMail.Settled(this, verdict));
}

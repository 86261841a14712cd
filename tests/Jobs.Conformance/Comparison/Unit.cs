using Jobs.Core;

namespace Jobs.Conformance.Comparison;

/// <summary>Changes to commit, by hand.</summary>
internal sealed class Unit(params JobChange[] changes) : CommitUnit
{
    public override IReadOnlyList<JobChange> Changes => changes;

    public override void Settle(CommitVerdict verdict)
    {
    }
}

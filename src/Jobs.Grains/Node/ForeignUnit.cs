using Jobs.Core;

namespace Jobs.Grains.Node;

/// <summary>New jobs of partitions that may be served elsewhere, committed together under their owners' epochs.</summary>
internal sealed class ForeignUnit(JobChange[] changes) : CommitUnit
{
    private readonly TaskCompletionSource<CommitVerdict> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override IReadOnlyList<JobChange> Changes => changes;

    internal Task<CommitVerdict> Settled => _settled.Task;

    public override void Settle(CommitVerdict verdict) => _settled.SetResult(verdict);
}

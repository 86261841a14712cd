namespace Jobs.Core;

/// <summary>Tells the store which jobs have been handed out. At most a reader waits for it; when it fails, the outcome's write makes up for it.</summary>
internal sealed class StartUnit(IReadOnlyList<JobTransition> starts, PartitionRunner runner, TaskCompletionSource? written) : CommitUnit
{
    public override IReadOnlyList<JobChange> Changes { get; } = [.. starts.Select(runner.Change)];

    public override void Settle(CommitVerdict verdict) => written?.TrySetResult();
}

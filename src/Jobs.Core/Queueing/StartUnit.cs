namespace Jobs.Core;

/// <summary>Tells the store which jobs have been handed out. At most a reader waits for it; when it fails, the outcome's write makes up for it.</summary>
internal sealed class StartUnit(IReadOnlyList<JobTransition> starts, long epoch, TaskCompletionSource? written) : CommitUnit
{
    public override IReadOnlyList<JobChange> Changes { get; } = [.. starts.Select(s => new JobChange(s, epoch))];

    public override void Settle(CommitVerdict verdict) => written?.TrySetResult();
}

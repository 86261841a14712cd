namespace Jobs.Core;

/// <summary>Tells the store which jobs have been handed out. At most a reader waits for it; when it fails, the outcome's write makes up for it.</summary>
internal sealed class StartUnit(IReadOnlyList<JobTransition> starts, PartitionRunner runner) : CommitUnit
{
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task Written => _written.Task;

    public override IReadOnlyList<JobChange> Changes { get; } = [.. starts.Select(runner.Change)];

    public override void Settle(CommitVerdict verdict)
    {
        if (verdict is CommitVerdict.Fenced) runner.Post(PartitionMail.Fenced.Instance);
        _written.TrySetResult();
    }
}

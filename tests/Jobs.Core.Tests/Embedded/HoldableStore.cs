namespace Jobs.Core.Tests.Embedded;

/// <summary>A store whose commits a test can hold back, or have fail before they take place.</summary>
internal sealed class HoldableStore(IJobStore inner) : StoreDecorator(inner)
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _holds;
    private int _failures;

    /// <summary>Completes when a commit is held.</summary>
    internal Task Arrived => _arrived.Task;

    internal void Hold() => _holds = true;

    internal void Release()
    {
        _holds = false;
        _released.TrySetResult();
    }

    internal void FailNext(int commits) => Volatile.Write(ref _failures, commits);

    public override async ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
    {
        if (Volatile.Read(ref _failures) > 0)
        {
            Interlocked.Decrement(ref _failures);
            throw new IOException("The store is away.");
        }

        if (_holds)
        {
            _arrived.TrySetResult();
            await _released.Task.WaitAsync(cancellation);
        }

        return await base.CommitAsync(units, cancellation);
    }
}

namespace Jobs.Core.Tests.Embedded;

/// <summary>Holds those who come until the next pulse, or nobody any more once it is open.</summary>
internal sealed class StressGate
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _open;

    internal Task WaitAsync(CancellationToken cancellation)
    {
        lock (_lock) return _open ? Task.CompletedTask : _next.Task.WaitAsync(cancellation);
    }

    internal void Pulse()
    {
        lock (_lock)
        {
            _next.TrySetResult();
            _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    internal void Open()
    {
        lock (_lock) _open = true;
        Pulse();
    }
}

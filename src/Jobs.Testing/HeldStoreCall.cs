namespace Jobs.Testing;

/// <summary>A call to a store that waits for the test.</summary>
public sealed class HeldStoreCall
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal HeldStoreCall(StoreCall call) => Call = call;

    /// <summary>The call.</summary>
    public StoreCall Call { get; }

    internal Task Released => _released.Task;

    /// <summary>Lets it go on; a second call does nothing.</summary>
    public void Release() => _released.TrySetResult();
}

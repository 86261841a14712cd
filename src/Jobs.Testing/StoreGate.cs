using System.Threading.Channels;

namespace Jobs.Testing;

/// <summary>Where calls to a store are held until the test lets them go on. No time passes here by itself.</summary>
public sealed class StoreGate
{
    private readonly Channel<HeldStoreCall> _arrived = Channel.CreateUnbounded<HeldStoreCall>();
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The next call that is held, in the order of arrival; waits until there is one.</summary>
    /// <param name="cancellation">Ends the waiting.</param>
    public ValueTask<HeldStoreCall> NextAsync(CancellationToken cancellation = default) => _arrived.Reader.ReadAsync(cancellation);

    /// <summary>Lets go every call that is held, and holds none from now on.</summary>
    public void Open() => _open.TrySetResult();

    internal async Task PassAsync(StoreCall call, CancellationToken cancellation)
    {
        if (_open.Task.IsCompleted) return;
        var held = new HeldStoreCall(call);
        _arrived.Writer.TryWrite(held);
        await Task.WhenAny(held.Released, _open.Task).WaitAsync(cancellation).ConfigureAwait(false);
    }
}

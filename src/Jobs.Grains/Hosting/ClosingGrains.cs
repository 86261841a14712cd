namespace Jobs.Grains.Hosting;

/// <summary>
/// The grains that have been told to move and are not closed yet. Those that are closed wait for the others for a moment: the runtime sends what is ready
/// to another silo in one message, and what comes after that only when the silo has opened all that came with it.
/// </summary>
internal sealed class ClosingGrains
{
    /// <summary>Longer than it takes to write what is on its way, and no more than one message to another silo and its answer take.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly HashSet<object> _closing = [];
    private TaskCompletionSource _areClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A grain is told to move.</summary>
    internal void Begin(object grain)
    {
        lock (_gate) _closing.Add(grain);
    }

    /// <summary>A grain is closed; returns when the others are too, or soon. One that was not told to move waits for nobody.</summary>
    internal async Task EndAsync(object grain)
    {
        Task areClosed;
        lock (_gate)
        {
            if (!_closing.Remove(grain)) return;
            areClosed = _areClosed.Task;
            if (_closing.Count == 0)
            {
                _areClosed.SetResult();
                _areClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        await areClosed.WaitAsync(Longest, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

using System.Diagnostics;

namespace Jobs.Bench;

/// <summary>When probes start, for whoever waits for the next one.</summary>
internal sealed class ProbeStarts
{
    private TaskCompletionSource<long> _started = new();

    internal Task<long> Next()
    {
        var next = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _started, next);
        return next.Task;
    }

    /// <summary>The handler.</summary>
    internal Task Note()
    {
        Note(Stopwatch.GetTimestamp());
        return Task.CompletedTask;
    }

    internal void Note(long timestamp) => Volatile.Read(ref _started).TrySetResult(timestamp);
}

namespace Jobs.Testing;

/// <summary>What one enqueue from outside has brought about so far; branches of it may run beside each other.</summary>
internal sealed class InlineFlow
{
    private readonly Lock _gate = new();
    private readonly List<JobId> _waiting = [];
    private bool _closed;
    private int _starts;

    internal DrainSummary Summary { get; private set; } = new();

    /// <summary>The jobs that were left for later, in the order of enqueueing.</summary>
    internal JobId[] Waiting
    {
        get
        {
            lock (_gate) return [.. _waiting];
        }
    }

    /// <summary>False if the flow has ended; whatever still enqueues starts one of its own.</summary>
    internal bool IsOpen
    {
        get
        {
            lock (_gate) return !_closed;
        }
    }

    /// <summary>False if so many attempts were started already; those that still run count, because they may nest without end.</summary>
    internal bool TryStart(int maxRuns) => Interlocked.Increment(ref _starts) <= maxRuns;

    internal void Count(JobState? ended)
    {
        lock (_gate) Summary = Summary.With(ended);
    }

    internal void Postpone(JobId id)
    {
        lock (_gate) _waiting.Add(id);
    }

    internal void Forget(JobId id)
    {
        lock (_gate) _waiting.Remove(id);
    }

    internal void Close()
    {
        lock (_gate) _closed = true;
    }
}

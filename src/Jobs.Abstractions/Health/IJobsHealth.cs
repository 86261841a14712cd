namespace Jobs;

/// <summary>
/// How the loops of a job service in this process are. A loop that fails goes on trying, so that a service whose database was away works
/// again when it is back; this tells whoever wants to know meanwhile. Safe for many threads.
/// </summary>
public interface IJobsHealth
{
    /// <summary>Whether no loop fails or is stuck; see <see cref="StuckAfter"/>.</summary>
    bool IsHealthy { get; }

    /// <summary>How long a call to the store may take before the loop counts as stuck; default 30 seconds.</summary>
    TimeSpan StuckAfter { get; set; }

    /// <summary>Every loop as it is now: those of the service, then those of each open partition.</summary>
    IReadOnlyList<LoopHealth> Loops { get; }

    /// <summary>Raised when a loop begins to fail and when it is well again, on the thread that noticed it; must be quick.</summary>
    event Action<LoopHealth>? Changed;
}

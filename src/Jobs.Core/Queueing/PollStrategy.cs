namespace Jobs.Core;

/// <summary>In which order the due jobs of a partition are handed out.</summary>
public enum PollStrategy
{
    /// <summary>The most urgent first, among equals the one due earliest, then the one enqueued first. The default.</summary>
    PriorityFirst,

    /// <summary>The one due earliest first, among equals the most urgent, then the one enqueued first.</summary>
    RunAtFirst,

    /// <summary>The one enqueued first, whatever its priority and due time.</summary>
    Fifo,
}

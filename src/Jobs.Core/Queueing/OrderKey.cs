namespace Jobs.Core;

/// <summary>A job's place in an order: compared from left to right, and unique because the sequence is.</summary>
/// <param name="Major">What counts first.</param>
/// <param name="Minor">What counts among equals.</param>
/// <param name="Sequence">The partition's sequence number, which ends every tie.</param>
public readonly record struct OrderKey(long Major, long Minor, long Sequence) : IComparable<OrderKey>
{
    /// <summary>Before every job.</summary>
    public static OrderKey First { get; } = new(long.MinValue, long.MinValue, long.MinValue);

    /// <summary>The least key behind this one.</summary>
    public OrderKey Successor => this with { Sequence = Sequence + 1 };

    /// <summary>True if the left one comes first.</summary>
    public static bool operator <(OrderKey left, OrderKey right) => left.CompareTo(right) < 0;

    /// <summary>True if the right one comes first.</summary>
    public static bool operator >(OrderKey left, OrderKey right) => left.CompareTo(right) > 0;

    /// <summary>True unless the right one comes first.</summary>
    public static bool operator <=(OrderKey left, OrderKey right) => left.CompareTo(right) <= 0;

    /// <summary>True unless the left one comes first.</summary>
    public static bool operator >=(OrderKey left, OrderKey right) => left.CompareTo(right) >= 0;

    /// <summary>The place of a due job among those that can be handed out.</summary>
    public static OrderKey Ready(JobRecord job, PollStrategy strategy) => strategy switch
    {
        PollStrategy.PriorityFirst => new(-(long)job.Priority.Urgency, job.RunAt.UtcTicks, job.Sequence),
        PollStrategy.RunAtFirst => new(job.RunAt.UtcTicks, -(long)job.Priority.Urgency, job.Sequence),
        PollStrategy.Fifo => new(0, 0, job.Sequence),
        _ => throw new ArgumentOutOfRangeException(nameof(strategy), strategy, null),
    };

    /// <summary>The place of a job among those that wait for their time.</summary>
    public static OrderKey Due(JobRecord job) => new(job.RunAt.UtcTicks, 0, job.Sequence);

    /// <summary>The place of a job among those of its group: the order of enqueueing.</summary>
    public static OrderKey Group(JobRecord job) => new(0, 0, job.Sequence);

    /// <inheritdoc/>
    public int CompareTo(OrderKey other)
    {
        if (Major != other.Major) return Major < other.Major ? -1 : 1;
        if (Minor != other.Minor) return Minor < other.Minor ? -1 : 1;
        return Sequence.CompareTo(other.Sequence);
    }

    /// <summary>As in <c>0/638712/17</c>. What the compiler makes would print the successor, and its successor, without end.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Major}/{Minor}/{Sequence}");
}

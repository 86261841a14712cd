namespace Jobs;

/// <summary>How one loop of a job service was at one moment.</summary>
public sealed record LoopHealth
{
    /// <summary>Which loop.</summary>
    public required JobsLoop Loop { get; init; }

    /// <summary>The queue it is of; null if it is of the whole service.</summary>
    public QueueName? Queue { get; init; }

    /// <summary>The partition's number; null if it is of the whole service.</summary>
    public int? Partition { get; init; }

    /// <summary>Whether the latest try failed.</summary>
    public bool IsFailing => FailingSince is not null;

    /// <summary>When the first of the failures in a row was; null if it is not failing.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Failures since the last success; 0 if it is not failing.</summary>
    public int FailuresInARow { get; init; }

    /// <summary>Failures since the process started.</summary>
    public long Failures { get; init; }

    /// <summary>The latest error, kept when the loop is well again; null if it never failed.</summary>
    public Exception? LastError { get; init; }

    /// <summary>When the latest error was; null if it never failed.</summary>
    public DateTimeOffset? LastFailureAt { get; init; }

    /// <summary>Since when a call to the store is under way; null if none is, or if the loop does not tell.</summary>
    public DateTimeOffset? BusySince { get; init; }

    /// <summary>As in <c>Outcomes of mail/0: 3 failures since …</c>.</summary>
    public override string ToString()
    {
        var name = Queue is { } queue ? $"{Loop} of {queue}/{Partition}" : Loop.ToString();
        return FailingSince is { } since ? $"{name}: {FailuresInARow} failures since {since:O}: {LastError?.Message}" : $"{name}: well";
    }
}

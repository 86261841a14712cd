namespace Jobs;

/// <summary>A pause as it is stored: what, since when, by whom and why.</summary>
public sealed record Pause
{
    /// <summary>What is paused.</summary>
    public required PauseTarget Target { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Who paused it: <see cref="JobRequest.User"/> at that time; null if that was not told.</summary>
    public string? By { get; init; }

    /// <summary>Why, as whoever paused it has said; null if nothing was said.</summary>
    public string? Reason { get; init; }
}

namespace Jobs;

/// <summary>A limit as it is stored, since when, and by whom.</summary>
public sealed record RunLimitInfo
{
    /// <summary>The limit.</summary>
    public required RunLimit Limit { get; init; }

    /// <summary>Since when it is as it is.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Who set it: <see cref="JobRequest.User"/> at that time; null if that was not told, or if code declared it.</summary>
    public string? By { get; init; }
}

namespace Jobs.Core;

/// <summary>Something that holds for the service until somebody changes it, kept beside the jobs: a pause, a subscription.</summary>
/// <param name="Kind">What it is; with the name it is the key.</param>
/// <param name="Name">Whom it concerns.</param>
public sealed record StoredSetting(string Kind, string Name)
{
    private readonly DateTimeOffset _changedAt;

    /// <summary>What there is to say beyond kind and name; null for nothing.</summary>
    public string? Value { get; init; }

    /// <summary>Since when it holds; whole microseconds, as a database keeps them.</summary>
    public required DateTimeOffset ChangedAt
    {
        get => _changedAt;
        init => _changedAt = new(value.UtcTicks - (value.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
    }

    /// <summary>Who wanted it; null if that was not told.</summary>
    public string? ChangedBy { get; init; }
}

namespace Jobs;

/// <summary>The request that the current code belongs to; it flows with async calls, and into the jobs they enqueue.</summary>
public static class JobRequest
{
    private static readonly AsyncLocal<string?> Current = new();

    /// <summary>The id of the current request; null outside one. A handler runs inside its job's request.</summary>
    public static string? Id
    {
        get => Current.Value;
        set => Current.Value = value;
    }
}

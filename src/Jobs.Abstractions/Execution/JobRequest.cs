namespace Jobs;

/// <summary>The request that the current code belongs to; it flows with async calls, and into the jobs they enqueue.</summary>
public static class JobRequest
{
    private static readonly AsyncLocal<string?> Current = new();
    private static readonly AsyncLocal<string?> CurrentUser = new();

    /// <summary>The id of the current request; null outside one. A handler runs inside its job's request.</summary>
    public static string? Id
    {
        get => Current.Value;
        set => Current.Value = value;
    }

    /// <summary>The user of the current request; null if it is not told. A handler runs as its job's user, if that has one.</summary>
    public static string? User
    {
        get => CurrentUser.Value;
        set => CurrentUser.Value = value;
    }
}

namespace Jobs.CrashWorker;

/// <summary>What a job of the load does.</summary>
/// <param name="Name">Unlike that of any other job of any run; without spaces.</param>
/// <param name="Fails">How many attempts fail before one succeeds.</param>
/// <param name="Yields">How often it lets others go first.</param>
/// <param name="Holds">Whether it runs until a process drains; until then each process is killed in the middle of it.</param>
/// <param name="Group">The group it belongs to; null for none.</param>
/// <param name="Unique">The unique key; null for none.</param>
internal sealed record CrashJob(string Name, int Fails = 0, int Yields = 0, bool Holds = false, string? Group = null, string? Unique = null);

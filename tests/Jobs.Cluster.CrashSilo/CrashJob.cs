namespace Jobs.Cluster.CrashSilo;

/// <summary>What a job of the load does.</summary>
/// <param name="Name">Unlike that of any other job; without spaces.</param>
/// <param name="Fails">How many attempts fail before one succeeds.</param>
/// <param name="HoldMilliseconds">How long it runs, so that a crash finds some running.</param>
internal sealed record CrashJob(string Name, int Fails = 0, int HoldMilliseconds = 0);

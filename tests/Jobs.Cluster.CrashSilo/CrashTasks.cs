namespace Jobs.Cluster.CrashSilo;

/// <summary>The tasks of the load.</summary>
internal static class CrashTasks
{
    /// <summary>Has partitions for every silo.</summary>
    internal static readonly QueueName Spread = "spread";

    internal const int Partitions = 6;

    /// <summary>Returns a text that no other run returns. How often its deliveries are lost must not end it.</summary>
    internal static readonly ResultTask<CrashJob, string> Run = ResultTask.Create<CrashJob, string>("run", options =>
    {
        options.Queue = Spread;
        options.MaxAttempts = JobOptions.UnlimitedAttempts;
        options.CountLostDeliveries = false;
        options.Backoff = RetryPolicy.Constant(TimeSpan.FromMilliseconds(20));
    });
}

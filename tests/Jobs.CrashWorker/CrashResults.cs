namespace Jobs.CrashWorker;

/// <summary>Reads results of the load's jobs.</summary>
internal static class CrashResults
{
    internal static string Of(JobSnapshot job) => job.Result is { } bytes ? JsonPayloadCodec.Default.Decode<string>(bytes)! : "-";
}

using Jobs;

namespace Quickstart;

/// <summary>The tasks of the sample: a name that stays, a payload, a result where there is one, and options.</summary>
internal static class SearchTasks
{
    /// <summary>Hashing has a queue of its own, so that reports do not wait behind a thousand files.</summary>
    public static readonly QueueName Hashing = "hashing";

    public static readonly ResultTask<FileRef, FileHash> HashFile = ResultTask.Create<FileRef, FileHash>("hash-file", options =>
    {
        options.Queue = Hashing;
        options.MaxAttempts = 3;

        // As long as the record is kept, the file is not hashed again.
        options.Retention = RetentionPolicy.For(TimeSpan.FromDays(30));
        options.Backoff = RetryPolicy.Exponential(TimeSpan.FromMilliseconds(200));
    });

    public static readonly TaskDefinition<SearchStart> ReportSpeed = TaskDefinition.Create<SearchStart>("report-speed");

    public static readonly TaskDefinition<SearchStart> ReportFirstFindings = TaskDefinition.Create<SearchStart>("report-first-findings");
}

namespace Jobs.CrashWorker;

/// <summary>Tells of every completion that is committed, also of jobs that another process enqueued.</summary>
internal sealed class CompletionObserver(Journal journal) : IJobObserver
{
    public void Completed(JobSnapshot job) => journal.Tell("done", job.Id.ToString(), CrashResults.Of(job));

    public void WorkerError(Exception error) => journal.Tell("error", error.GetType().Name, error.Message.Replace(' ', '_').ReplaceLineEndings("_"));
}

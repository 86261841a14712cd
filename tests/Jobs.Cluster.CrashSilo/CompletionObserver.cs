namespace Jobs.Cluster.CrashSilo;

/// <summary>Tells of every completion that this silo has committed.</summary>
internal sealed class CompletionObserver(SiloJournal journal) : IJobObserver
{
    public void Completed(JobSnapshot job) => journal.Tell("done", job.Id.ToString(), JsonPayloadCodec.Default.Decode<string>(job.Result!.Value)!);

    public void WorkerError(Exception error) => journal.Tell("error", error.GetType().Name, error.Message.Replace(' ', '_').ReplaceLineEndings("_"));
}

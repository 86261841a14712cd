namespace Jobs;

/// <summary>Turns how a job ended into what its waiter gets.</summary>
internal static class JobEndings
{
    internal static void ThrowUnlessCompleted(JobSnapshot job)
    {
        switch (job.State)
        {
            case JobState.Completed: return;
            case JobState.Dead: throw new JobFailedException(job.Id, job.Task, job.LastError);
            case JobState.Cancelled: throw new JobCancelledException(job.Id, job.Task);
            case JobState.Discarded: throw new JobDiscardedException(job.Id, job.Task, job.Reason);
            default: throw new InvalidOperationException($"The client said that the job {job.Id} ended, but it is {job.State}.");
        }
    }

    internal static TResult ResultOf<TResult>(TaskDefinition task, JobSnapshot job, IPayloadCodec fallback)
    {
        ThrowUnlessCompleted(job);
        return PayloadEncoder.DecodeResult<TResult>(task, job, fallback);
    }
}

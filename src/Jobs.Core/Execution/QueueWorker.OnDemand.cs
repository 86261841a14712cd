namespace Jobs.Core;

/// <content>Runs single jobs for somebody who asks.</content>
internal sealed partial class QueueWorker
{
    /// <summary>Runs a job that was handed out in the flow of the caller, without a slot, and reports how it ended.</summary>
    internal async Task RunHereAsync(JobRecord record)
    {
        var job = new RunningJob(record, _environment);
        lock (_runningGate) _running[job.Id] = job;
        Interlocked.Decrement(ref _free);
        _started?.Invoke(record);
        Finish(job, await _runner.RunAsync(job).ConfigureAwait(false));
    }
}

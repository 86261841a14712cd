namespace Jobs.Core;

/// <summary>Asks for the job that comes next, or hands out the one that is wanted.</summary>
internal sealed class OnDemandMail(IJobSink sink, JobId? wanted) : PartitionMail
{
    private readonly TaskCompletionSource<JobRecord?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The job that comes next, not handed out; or the wanted one, handed out; null if there is none.</summary>
    internal Task<JobRecord?> Answer => _answer.Task;

    internal override void Apply(PartitionRunner runner, DateTimeOffset now) => _answer.TrySetResult(runner.ApplyOnDemand(sink, wanted, now));

    internal override void Refuse(PartitionRunner runner) => _answer.TrySetException(new ServiceStoppedException("run jobs"));
}

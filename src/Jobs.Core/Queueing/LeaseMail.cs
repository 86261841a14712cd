namespace Jobs.Core;

/// <summary>What those who lease jobs ask of a partition.</summary>
internal static class LeaseMail
{
    /// <summary>Takes what is there for a consumer.</summary>
    internal sealed class Take(LeaseSink sink) : PartitionMail
    {
        private readonly TaskCompletionSource<IReadOnlyList<JobRecord>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal LeaseSink Sink { get; } = sink;

        /// <summary>The jobs, whose starts are committed; none if there is nothing.</summary>
        internal Task<IReadOnlyList<JobRecord>> Answer => _answer.Task;

        internal bool IsAnswered => _answer.Task.IsCompleted;

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyTake(this);

        internal override void Refuse(PartitionRunner runner) => runner.RefuseTake(this);

        /// <summary>Hands the jobs over; false if nobody waits for them any more.</summary>
        internal bool TryGive(IReadOnlyList<JobRecord> jobs) => _answer.TrySetResult(jobs);

        internal void Fail(Exception error) => _answer.TrySetException(error);

        /// <summary>Says that nobody waits any more; false if the jobs are there already.</summary>
        internal bool TryGiveUp() => _answer.TrySetCanceled();
    }

    /// <summary>Tells when there is something for a consumer, or the partition is served no more.</summary>
    internal sealed class Lookout(LeaseSink sink, TaskCompletionSource seen) : PartitionMail
    {
        internal LeaseSink Sink { get; } = sink;

        /// <summary>True if nobody waits for it any more.</summary>
        internal bool IsOver => seen.Task.IsCompleted;

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyLookout(this);

        internal override void Refuse(PartitionRunner runner) => Tell();

        internal void Tell() => seen.TrySetResult();
    }

    /// <summary>Looks at a job that is leased.</summary>
    internal sealed class Look(LeaseToken lease) : PartitionMail
    {
        private readonly TaskCompletionSource<JobRecord> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal LeaseToken Lease { get; } = lease;

        internal Task<JobRecord> Answer => _answer.Task;

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyLook(this, now);

        internal override void Refuse(PartitionRunner runner) => runner.RefuseLook(this);

        internal void Succeed(JobRecord job) => _answer.TrySetResult(job);

        internal void Fail(Exception error) => _answer.TrySetException(error);
    }

    /// <summary>Whoever leased a job says how it ended, or wants more time.</summary>
    internal sealed class Answered(LeaseToken lease, JobEvent happened) : PartitionMail.Question(lease.Job)
    {
        internal LeaseToken Lease { get; } = lease;

        internal JobEvent Happened { get; } = happened;

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyAnswered(this, now);
    }

    /// <summary>The store has answered about the starts of jobs that are to be leased.</summary>
    internal sealed class Leased(LeaseUnit unit, CommitVerdict verdict) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyLeased(unit, verdict, now);

        internal override void Refuse(PartitionRunner runner) => runner.RefuseLeased(unit, verdict);

        internal override void RefuseHalfDone(PartitionRunner runner) => runner.RefuseTake(unit.Take);
    }
}

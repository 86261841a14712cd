namespace Jobs.Core;

/// <summary>Something for a partition's runner to do on its own turn.</summary>
internal abstract class PartitionMail
{
    internal abstract void Apply(PartitionRunner runner, DateTimeOffset now);

    /// <summary>Tells whoever waits that the runner has stopped. Most mail has nobody waiting.</summary>
    internal virtual void Refuse(PartitionRunner runner)
    {
    }

    /// <summary>Tells whoever waits that the runner has stopped in the middle of this mail, parts of which may have been done.</summary>
    internal virtual void RefuseHalfDone(PartitionRunner runner) => Refuse(runner);

    /// <summary>Only makes the runner look around: something is due, a slot is free, a handler is new.</summary>
    internal sealed class Wake : PartitionMail
    {
        internal static Wake Instance { get; } = new();

        internal override void Apply(PartitionRunner runner, DateTimeOffset now)
        {
        }
    }

    /// <summary>A limit keeps room for this partition, which it uses on this turn or not at all.</summary>
    internal sealed class LimitRoom(LimitBucket bucket) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyLimitRoom(bucket);
    }

    /// <summary>Tells the store which jobs are running.</summary>
    internal sealed class WriteStarts : PartitionMail
    {
        internal static WriteStarts Instance { get; } = new();

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyWriteStarts(null);
    }

    /// <summary>Tells the store which jobs are running, for somebody who is about to look there.</summary>
    internal sealed class ShowStarts : PartitionMail
    {
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task Written => _written.Task;

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyWriteStarts(_written);

        internal override void Refuse(PartitionRunner runner) => _written.TrySetResult();
    }

    /// <summary>Tells when everything that was posted before is worked through.</summary>
    internal sealed class Barrier : PartitionMail
    {
        private readonly TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task Passed => _passed.Task;

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => _passed.TrySetResult();

        internal override void Refuse(PartitionRunner runner) => _passed.TrySetResult();
    }

    /// <summary>Tells when no change of a job is on its way to the store any more, and everybody has been told of the last one.</summary>
    internal sealed class UntilTold(JobId id) : PartitionMail
    {
        private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal JobId Id => id;

        internal Task Told => _told.Task;

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyUntilTold(this);

        internal override void Refuse(PartitionRunner runner) => Tell();

        internal void Tell() => _told.TrySetResult();
    }

    /// <summary>The timer has fired and is not set any more.</summary>
    internal sealed class TimerFired : PartitionMail
    {
        internal static TimerFired Instance { get; } = new();

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyTimer();
    }

    /// <summary>A write that this runner did not ask for was refused, because the partition has another owner.</summary>
    internal sealed class Fenced : PartitionMail
    {
        internal static Fenced Instance { get; } = new();

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.Lose();
    }

    /// <summary>Jobs that are committed now.</summary>
    internal sealed class Inserted(IReadOnlyList<JobTransition> jobs) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyInserted(jobs, now);
    }

    /// <summary>An attempt has ended.</summary>
    /// <param name="id">The job.</param>
    /// <param name="delivery">The delivery that the attempt belongs to.</param>
    /// <param name="happened">How it ended.</param>
    /// <param name="transaction">What commits together with that; null if nothing does.</param>
    internal sealed class Outcome(JobId id, int delivery, JobEvent happened, AttemptTransaction? transaction = null) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyOutcome(id, delivery, happened, now, transaction);

        internal override void Refuse(PartitionRunner runner) => runner.RefuseOutcome(id, delivery, happened, transaction);
    }

    /// <summary>The end of an attempt was committed together with what its handler wrote, or neither was.</summary>
    internal sealed class SettledInTransaction(StagedUnit unit, CommitVerdict verdict, AttemptTransaction transaction) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplySettledInTransaction(unit, verdict, transaction, now);

        internal override void Refuse(PartitionRunner runner) => runner.RefuseSettled(unit, verdict);

        internal override void RefuseHalfDone(PartitionRunner runner)
        {
        }
    }

    /// <summary>The store has answered.</summary>
    internal sealed class Settled(StagedUnit unit, CommitVerdict verdict) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplySettled(unit, verdict, now);

        internal override void Refuse(PartitionRunner runner) => runner.RefuseSettled(unit, verdict);

        internal override void RefuseHalfDone(PartitionRunner runner)
        {
            if (unit.Question is { } question) runner.RefuseQuestion(question);
        }
    }

    /// <summary>A unit that the store failed on is to be written again.</summary>
    internal sealed class Again(StagedUnit unit) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyAgain(unit);
    }

    /// <summary>Tells when nothing is left to do and nothing is on its way to the store.</summary>
    internal sealed class Quiet : PartitionMail
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task Reached => _reached.Task;

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyQuiet(_reached);

        internal override void Refuse(PartitionRunner runner) => _reached.TrySetResult();
    }

    /// <summary>What the store failed on is not written again.</summary>
    internal sealed class GiveUp : PartitionMail
    {
        internal static GiveUp Instance { get; } = new();

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyGiveUp();
    }

    /// <summary>The store has answered about starts that had to be written first.</summary>
    internal sealed class RecoveredStarted(RecoveredStartUnit unit, CommitVerdict verdict) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyRecoveredStarted(unit, verdict, now);

        internal override void Refuse(PartitionRunner runner) => runner.RefuseRecoveredStarted(unit);

        internal override void RefuseHalfDone(PartitionRunner runner)
        {
        }
    }

    /// <summary>A page was read, or could not be.</summary>
    internal sealed class Page(PageRequest request, IReadOnlyList<JobRecord>? jobs, Exception? error) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyPage(request, jobs, error, now);
    }

    /// <summary>A change of one job that somebody waits for.</summary>
    internal abstract class Question(JobId id) : PartitionMail
    {
        private readonly TaskCompletionSource<JobTransition> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal JobId Id { get; } = id;

        internal Task<JobTransition> Answer => _answer.Task;

        internal override void Refuse(PartitionRunner runner) => runner.RefuseQuestion(this);

        internal void Succeed(JobTransition transition) => _answer.TrySetResult(transition);

        internal void Fail(Exception error) => _answer.TrySetException(error);
    }

    /// <summary>Somebody asks something of a job.</summary>
    internal sealed class Ask(JobId id, JobAction action) : Question(id)
    {
        internal JobAction Action { get; } = action;

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyAsk(this, now);
    }

    /// <summary>The job that is asked for was looked up in the store.</summary>
    internal sealed class Found(Ask ask, long find, JobRecord? stored, Exception? error) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyFound(ask, find, stored, error, now);

        internal override void Refuse(PartitionRunner runner) => ask.Refuse(runner);
    }
}

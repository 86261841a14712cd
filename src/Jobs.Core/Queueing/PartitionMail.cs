namespace Jobs.Core;

/// <summary>Something for a partition's runner to do on its own turn.</summary>
internal abstract class PartitionMail
{
    internal abstract void Apply(PartitionRunner runner, DateTimeOffset now);

    /// <summary>Tells whoever waits that the runner has stopped. Most mail has nobody waiting.</summary>
    internal virtual void Refuse()
    {
    }

    /// <summary>Only makes the runner look around: something is due, a slot is free, a handler is new.</summary>
    internal sealed class Wake : PartitionMail
    {
        internal static Wake Instance { get; } = new();

        internal override void Apply(PartitionRunner runner, DateTimeOffset now)
        {
        }
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

        internal override void Refuse() => _written.TrySetResult();
    }

    /// <summary>Tells when everything that was posted before is worked through.</summary>
    internal sealed class Barrier : PartitionMail
    {
        private readonly TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task Passed => _passed.Task;

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => _passed.TrySetResult();

        internal override void Refuse() => _passed.TrySetResult();
    }

    /// <summary>The timer has fired and is not set any more.</summary>
    internal sealed class TimerFired : PartitionMail
    {
        internal static TimerFired Instance { get; } = new();

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyTimer();
    }

    /// <summary>Jobs that are committed now.</summary>
    internal sealed class Inserted(IReadOnlyList<JobTransition> jobs) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyInserted(jobs, now);
    }

    /// <summary>An attempt has ended.</summary>
    internal sealed class Outcome(JobId id, int delivery, JobEvent happened) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyOutcome(id, delivery, happened, now);
    }

    /// <summary>The store has answered.</summary>
    internal sealed class Settled(StagedUnit unit, CommitVerdict verdict) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplySettled(unit, verdict, now);

        internal override void Refuse() => PartitionRunner.RefuseSettled(unit, verdict);
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

        internal override void Refuse() => _reached.TrySetResult();
    }

    /// <summary>What the store failed on is not written again.</summary>
    internal sealed class GiveUp : PartitionMail
    {
        internal static GiveUp Instance { get; } = new();

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyGiveUp();
    }

    /// <summary>A page was read, or could not be.</summary>
    internal sealed class Page(PageRequest request, IReadOnlyList<JobRecord>? jobs, Exception? error) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyPage(request, jobs, error, now);
    }

    /// <summary>Somebody asks something of a job.</summary>
    internal sealed class Ask(JobId id, JobAction action) : PartitionMail
    {
        private readonly TaskCompletionSource<JobTransition> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal JobId Id { get; } = id;

        internal JobAction Action { get; } = action;

        internal Task<JobTransition> Answer => _answer.Task;

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyAsk(this, now);

        internal override void Refuse() => Fail(new ServiceStoppedException("change jobs"));

        internal void Succeed(JobTransition transition) => _answer.TrySetResult(transition);

        internal void Fail(Exception error) => _answer.TrySetException(error);
    }

    /// <summary>The job that is asked for was looked up in the store.</summary>
    internal sealed class Found(Ask ask, long find, JobRecord? stored, Exception? error) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyFound(ask, find, stored, error, now);

        internal override void Refuse() => ask.Refuse();
    }
}

namespace Jobs.Core;

/// <summary>What concerns workers in other processes.</summary>
internal static class WorkerMail
{
    /// <summary>A worker reports, and is answered when what it reported is committed.</summary>
    internal sealed class Exchange(WorkerReport report) : PartitionMail
    {
        private readonly TaskCompletionSource<WorkerOrders> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal WorkerReport Report { get; } = report;

        internal Task<WorkerOrders> Answer => _answer.Task;

        /// <summary>What the answer still waits for: commits, and the partition's look for jobs.</summary>
        internal int Awaits { get; set; }

        internal List<JobRecord> Jobs { get; } = [];

        internal ExchangeSink? Sink { get; set; }

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyExchange(this, now);

        internal override void Refuse(PartitionRunner runner) => runner.RefuseExchange(this);

        internal void Succeed(WorkerOrders orders) => _answer.TrySetResult(orders);

        internal void Fail(Exception error) => _answer.TrySetException(error);
    }

    /// <summary>An attempt has ended elsewhere. It is looked at again until nothing of it is left to be written.</summary>
    internal sealed class Outcome(Exchange exchange, WorkerOutcome outcome) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyRemoteOutcome(this, exchange, outcome, now);

        internal override void Refuse(PartitionRunner runner) => runner.RefuseExchange(exchange);
    }

    /// <summary>The store has answered about the starts of jobs that are handed over.</summary>
    internal sealed class HandedOver(HandOverUnit unit, CommitVerdict verdict) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyHandedOver(unit, verdict, now);

        internal override void Refuse(PartitionRunner runner) => runner.RefuseHandedOver(unit);

        internal override void RefuseHalfDone(PartitionRunner runner) => runner.RefuseExchange(unit.Exchange);
    }

    /// <summary>A worker is known to be dead.</summary>
    internal sealed class Lost(string worker) : PartitionMail
    {
        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyWorkerLost(worker, now);
    }

    /// <summary>Those that were silent for too long count as lost.</summary>
    internal sealed class LookForSilent : PartitionMail
    {
        internal static LookForSilent Instance { get; } = new();

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyLookForSilent(now);
    }

    /// <summary>Calls for workers again, in case some have come that were not there before.</summary>
    internal sealed class CallAgain : PartitionMail
    {
        internal static CallAgain Instance { get; } = new();

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyCallAgain();
    }

    /// <summary>Tells what the handler of a job elsewhere has written, as far as its worker has told.</summary>
    internal sealed class LookAtNotes(JobId job) : PartitionMail
    {
        private readonly TaskCompletionSource<AttemptNotes?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task<AttemptNotes?> Answer => _answer.Task;

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => _answer.TrySetResult(runner.NotesOf(job));

        internal override void Refuse(PartitionRunner runner) => _answer.TrySetResult(null);
    }

    /// <summary>Tells which workers outside report to the partition.</summary>
    internal sealed class LookAtWorkers : PartitionMail
    {
        private readonly TaskCompletionSource<IReadOnlyList<WorkerInfo>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task<IReadOnlyList<WorkerInfo>> Answer => _answer.Task;

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => _answer.TrySetResult(runner.WorkersOutside(now));

        internal override void Refuse(PartitionRunner runner) => _answer.TrySetResult([]);
    }

    /// <summary>Tells what is due and neither this process's worker nor one outside that reports to the partition handles.</summary>
    /// <param name="handles">Whether this process's worker handles a task; called on the partition's turn.</param>
    internal sealed class LookAtWaiting(Func<string, bool> handles) : PartitionMail
    {
        private readonly TaskCompletionSource<IReadOnlyList<UnhandledTask>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Func<string, bool> Handles => handles;

        internal Task<IReadOnlyList<UnhandledTask>> Answer => _answer.Task;

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyLookAtWaiting(this);

        internal override void Refuse(PartitionRunner runner) => _answer.TrySetResult([]);

        internal void Succeed(IReadOnlyList<UnhandledTask> waiting) => _answer.TrySetResult(waiting);
    }

    /// <summary>The partition is served elsewhere from now on: nothing more is handed out here.</summary>
    internal sealed class LetGo : PartitionMail
    {
        private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when nothing is handed out any more and nothing is on its way to the store.</summary>
        internal Task Gone => _gone.Task;

        internal override void Apply(PartitionRunner runner, DateTimeOffset now) => runner.ApplyLetGo(_gone);

        internal override void Refuse(PartitionRunner runner) => runner.TellWhenGone(_gone);
    }
}

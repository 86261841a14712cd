namespace Jobs.Core.Tests.Embedded;

internal sealed record StressJob(int Act, string? Group = null);

/// <summary>Handlers that do everything a handler can do; which of it, the payload says.</summary>
internal sealed class StressHandlers(StressLedger ledger, Func<IJobClient> client)
{
    internal const int Acts = 18;
    internal const int TimesOut = 7;
    internal const int Holds = 100;
    internal const int TaskLimit = 2;

    internal static readonly QueueName Children = "children";

    private readonly StressGate _gate = new();
    private readonly StressGate _holding = new();
    private int _held;

    internal TaskDefinition<StressJob> Plain { get; } = TaskDefinition.Create<StressJob>("plain", Common);

    internal TaskDefinition<StressJob> Limited { get; } = TaskDefinition.Create<StressJob>("limited", o =>
    {
        Common(o);
        o.MaxConcurrency = TaskLimit;
    });

    internal TaskDefinition<StressJob> Blocking { get; } = TaskDefinition.Create<StressJob>("blocking", o =>
    {
        Common(o);
        o.Blocking = true;
    });

    internal ResultTask<StressJob, int> Child { get; } = ResultTask.Create<StressJob, int>("child", o => o.Queue = Children);

    internal TaskDefinition<StressJob>[] All => [Plain, Limited, Blocking];

    /// <summary>How many hold a slot now.</summary>
    internal int Held => Volatile.Read(ref _held);

    internal void Register(ITaskRegistry registry)
    {
        foreach (var task in All) registry.Handle(task, RunAsync);
        registry.Handle(Child, async (StressJob job, JobContext context) =>
        {
            using var _ = ledger.Enter(context, null, null);
            for (var i = 0; i < job.Act; i++) await Task.Yield();
            ledger.Done(context.Id);
            return job.Act;
        });
    }

    internal void AddLimited(ITaskRegistry registry) => registry.Handle(Limited, RunAsync);

    internal void PulseGate() => _gate.Pulse();

    internal void OpenGate() => _gate.Open();

    internal void LetGo() => _holding.Pulse();

    private static void Common(TaskOptions options)
    {
        options.Backoff = RetryPolicy.Constant(TimeSpan.FromMilliseconds(1), jitter: 1);
        options.MaxAttempts = 3;
    }

    private async Task<JobOutcome> RunAsync(StressJob job, JobContext context)
    {
        using var _ = ledger.Enter(context, job.Group, context.Task == Limited.Name ? TaskLimit : null);
        var outcome = await ActAsync(job.Act, context).ConfigureAwait(false);
        if (outcome is JobOutcome.Completed) ledger.Done(context.Id);
        return outcome;
    }

    private async Task<JobOutcome> ActAsync(int act, JobContext job)
    {
        switch (act)
        {
            case 4:
                for (var i = 0; i < 20; i++) await Task.Yield();
                break;
            case 5 or 6:
                await _gate.WaitAsync(job.Cancellation).ConfigureAwait(false);
                break;
            case TimesOut:
                await new TaskCompletionSource().Task.WaitAsync(job.Cancellation).ConfigureAwait(false);
                break;
            case 8: throw new FormatException("The handler throws.");
            case 9: return JobOutcome.Retry("again", TimeSpan.FromMilliseconds(job.Attempt));
            case 10: return await RescheduleOnceAsync(job).ConfigureAwait(false);
            case 11: return JobOutcome.Discard("not wanted");
            case 12: return JobOutcome.DeadLetter("not possible");
            case 13 or 14:
                foreach (var child in await client().EnqueueManyAsync(Child, [new StressJob(1), new StressJob(2)]).ConfigureAwait(false))
                    ledger.Acknowledged[child.Id] = true;
                break;
            case 15:
                if (await client().RunAsync(Child, new StressJob(9), cancellation: job.Cancellation).ConfigureAwait(false) != 9)
                    ledger.Faults.Enqueue("a wrong result");
                break;
            case 16:
                // Deaf for a moment.
                for (var i = 0; i < 100; i++) await Task.Yield();
                break;
            case 17:
                await Task.Yield();
                throw new OperationCanceledException("The handler says so.");
            case Holds:
                Interlocked.Increment(ref _held);
                await _holding.WaitAsync(job.Cancellation).ConfigureAwait(false);
                Interlocked.Decrement(ref _held);
                break;
        }

        return JobOutcome.Done();
    }

    private static async Task<JobOutcome> RescheduleOnceAsync(JobContext job)
    {
        await Task.Yield();
        return job.EnqueuedAt + TimeSpan.FromMilliseconds(30) > TimeProvider.System.GetUtcNow()
            ? JobOutcome.RescheduleAfter(TimeSpan.FromMilliseconds(5))
            : JobOutcome.Done();
    }
}

using Jobs.Core;

namespace Jobs.Testing;

/// <content>Running jobs on demand, in the flow of the caller.</content>
public partial class TestJobs
{
    /// <summary>How many attempts a drain runs at most unless it is told otherwise: 10,000.</summary>
    public const int DefaultMaxRuns = 10_000;

    /// <summary>True below a run of this queue, OnExhausted callbacks included: they must not wait for themselves.</summary>
    private readonly AsyncLocal<bool> _withinRun = new();

    /// <summary>
    /// Runs one attempt of the job that the engine would hand out next; with several queues or partitions, the one that is due first,
    /// then the one that was enqueued first.
    /// </summary>
    /// <returns>The job as it is after; null if none is due that can run.</returns>
    public async Task<TestJob?> RunNextAsync(CancellationToken cancellation = default)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (await _engine.PeekAsync().ConfigureAwait(false) is not { } next) return null;
            if (!await RunAttemptAsync(next.Id).ConfigureAwait(false)) continue;
            return Show(_store.Find(next.Id) ?? next);
        }
    }

    /// <summary>Runs one attempt of a certain job, whatever stands before it in its queue.</summary>
    /// <returns>The job as it is after.</returns>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    /// <exception cref="WrongJobStateException">
    /// The job is not ready: not yet due, without a handler, behind another one of its group, running, or finished.
    /// </exception>
    public async Task<TestJob> RunJobAsync(JobId id, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var before = _store.Find(id) ?? throw new JobNotFoundException(id);
        if (!await RunAttemptAsync(id).ConfigureAwait(false))
        {
            const string Action = "be run (a pending one lacks a handler, or another one of its group comes before it)";
            throw new WrongJobStateException(id, _engine.Show(before).State, Action);
        }

        return Show(_store.Find(id) ?? before);
    }

    /// <summary>Runs everything that is due, and what handlers enqueue meanwhile, until nothing is due any more.</summary>
    /// <param name="advanceTime">
    /// Whether the clock moves on to when the next job is due, each time nothing is due, until no job is left that can run.
    /// </param>
    /// <param name="maxRuns">How many attempts it runs at most; default 10,000.</param>
    /// <param name="cancellation">Stops between two attempts.</param>
    /// <exception cref="DrainLimitException">There was more to run than the limit allows.</exception>
    public Task<DrainSummary> DrainAsync(bool advanceTime = false, int maxRuns = DefaultMaxRuns, CancellationToken cancellation = default) =>
        DrainUntilAsync(advanceTime ? DateTimeOffset.MaxValue : DateTimeOffset.MinValue, maxRuns, cancellation);

    /// <summary>Lets time pass, and runs every job when it is due, as a worker with nothing else to do would.</summary>
    /// <param name="time">How much time; the clock has moved by it at the end.</param>
    /// <param name="maxRuns">How many attempts it runs at most; default 10,000.</param>
    /// <param name="cancellation">Stops between two attempts.</param>
    /// <exception cref="DrainLimitException">There was more to run than the limit allows.</exception>
    public async Task<DrainSummary> DrainForAsync(TimeSpan time, int maxRuns = DefaultMaxRuns, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        var until = Clock.GetUtcNow() + time;
        var summary = await DrainUntilAsync(until, maxRuns, cancellation).ConfigureAwait(false);
        AdvanceTo(until);
        return summary;
    }

    internal JobRecord? Recorded(JobId id) => _store.Find(id);

    internal bool HasHandler(string task) => _engine.Settings.Registry.Find(task) is not null || _engine.Settings.OnUnknownTask
        is UnknownTaskPolicy.Discard or UnknownTaskPolicy.DeadLetter or UnknownTaskPolicy.Retry;

    internal void AdvanceTo(DateTimeOffset time)
    {
        if (time - Clock.GetUtcNow() is var wait && wait > TimeSpan.Zero) Clock.Advance(wait);
    }

    internal string Describe(JobRecord job) => Show(job).ToString();

    /// <summary>Runs one attempt; false if the job is not ready.</summary>
    internal async Task<bool> RunAttemptAsync(JobId id)
    {
        var isOutermost = !_withinRun.Value;
        _withinRun.Value = true;
        var ran = await _engine.RunHereAsync(id).ConfigureAwait(false);
        if (ran && isOutermost) await _engine.WhenCallbacksDoneAsync().ConfigureAwait(false);
        return ran;
    }

    private async Task<DrainSummary> DrainUntilAsync(DateTimeOffset until, int maxRuns, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRuns, 1);
        var summary = new DrainSummary();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (await _engine.PeekAsync().ConfigureAwait(false) is { } next)
            {
                if (summary.Runs == maxRuns) throw new DrainLimitException(maxRuns, summary, Describe(next));
                if (await RunAttemptAsync(next.Id).ConfigureAwait(false)) summary = summary.With(_store.Find(next.Id)?.State);
            }
            else if (_store.NextDue(Clock.GetUtcNow(), HasHandler) is { } due && due <= until)
            {
                AdvanceTo(due);
            }
            else
            {
                return summary with { Left = _store.UnfinishedCount };
            }
        }
    }
}

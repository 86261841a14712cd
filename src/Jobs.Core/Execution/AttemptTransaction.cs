namespace Jobs.Core;

/// <summary>The transaction of a run, and what the run has ended with if it cannot be committed. It is committed or taken back once.</summary>
internal sealed class AttemptTransaction(IHandlerTransaction inner, RunningJob job, RunEnvironment environment)
{
    private int _ended;

    internal T? Feature<T>()
        where T : class => inner.Feature<T>();

    /// <summary>Commits what the handler wrote together with a change of its job. Nothing is thrown.</summary>
    internal async Task<CommitVerdict> CommitAsync(CommitUnit unit, CancellationToken givenUp)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 1) return new CommitVerdict.Failed(new InvalidOperationException("The transaction was taken back before."));
        CommitVerdict verdict;
        try
        {
            verdict = await inner.CommitAsync(unit, givenUp).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            verdict = new CommitVerdict.Failed(e);
        }

        await DisposeAsync().ConfigureAwait(false);
        return verdict;
    }

    /// <summary>Takes back what the handler wrote. Nothing is thrown.</summary>
    internal async Task RollBackAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0) await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Takes back what the handler wrote, soon, for those who must not wait.</summary>
    internal void Abandon() => _ = RollBackAsync();

    /// <summary>What the run has ended with if what it wrote could not be committed.</summary>
    internal JobEvent FailureOf(Exception error) => AttemptEnding.OfFailure(job, error, environment.Clock.GetUtcNow(), environment);

    private async Task DisposeAsync()
    {
        try
        {
            await inner.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Its connection is gone, and with that what was not committed.
            WorkerLog.TransactionNotClosed(environment.Log, e, job.Id);
        }
    }
}

using Jobs.Core;

namespace Jobs.Testing;

/// <summary>
/// A store that does what the one behind it does, and goes wrong as planned: for tests of what becomes of jobs when a store fails. It
/// disposes the store behind it.
/// </summary>
/// <param name="inner">The store that does the work.</param>
/// <param name="plan">Which calls go wrong, and how.</param>
public sealed class FaultyJobStore(IJobStore inner, FaultPlan plan) : IJobStore
{
    private static readonly IReadOnlyList<CommitUnit> NoUnits = [];

    private readonly Lock _gate = new();
    private readonly long[] _calls = new long[Enum.GetValues<StoreCallKind>().Length];
    private long _faults;
    private bool _calm;
    private bool _arrives;

    /// <summary>How many calls went wrong so far.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    /// <inheritdoc/>
    public StoreCapabilities Capabilities => inner.Capabilities;

    /// <summary>The handlers' transactions of the store behind it; they do not go wrong.</summary>
    public IHandlerTransactions? HandlerTransactions => inner.HandlerTransactions;

    /// <summary>The inbox of the store behind it; its calls do not go wrong.</summary>
    public IInboxStore? Inbox => inner.Inbox;

    /// <summary>The settings of the store behind it; their calls do not go wrong.</summary>
    public ISettingStore? Settings => inner.Settings;

    /// <summary>No call goes wrong from now on. Calls that are held stay so until their gate is opened.</summary>
    public void Calm()
    {
        lock (_gate) _calm = true;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation) =>
        CallAsync(StoreCallKind.Commit, units, token => inner.CommitAsync(units, token), cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PartitionKey>> ListPartitionsAsync(CancellationToken cancellation) =>
        CallAsync(StoreCallKind.Read, NoUnits, inner.ListPartitionsAsync, cancellation);

    /// <inheritdoc/>
    public ValueTask<PartitionClaim> ClaimAsync(PartitionKey partition, OwnershipClaim claim, CancellationToken cancellation) =>
        CallAsync(StoreCallKind.Other, NoUnits, token => inner.ClaimAsync(partition, claim, token), cancellation);

    /// <inheritdoc/>
    public async ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellation) =>
        await CallAsync(StoreCallKind.Other, NoUnits, token => DoneAsync(inner.RenewAsync(owner, lease, token)), cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(string owner, CancellationToken cancellation) =>
        await CallAsync(StoreCallKind.Other, NoUnits, token => DoneAsync(inner.ReleaseAsync(owner, token)), cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JobRecord>> LoadAsync(PageRequest request, CancellationToken cancellation) =>
        CallAsync(StoreCallKind.Read, NoUnits, token => inner.LoadAsync(request, token), cancellation);

    /// <inheritdoc/>
    public ValueTask<JobRecord?> FindAsync(JobId id, CancellationToken cancellation) =>
        CallAsync(StoreCallKind.Read, NoUnits, token => inner.FindAsync(id, token), cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JobRecord>> FindManyAsync(IReadOnlyList<JobId> ids, CancellationToken cancellation) =>
        CallAsync(StoreCallKind.Read, NoUnits, token => inner.FindManyAsync(ids, token), cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JobRecord>> ListAsync(JobQuery query, DateTimeOffset asOf, CancellationToken cancellation) =>
        CallAsync(StoreCallKind.Read, NoUnits, token => inner.ListAsync(query, asOf, token), cancellation);

    /// <inheritdoc/>
    public ValueTask<JobCounts> CountAsync(QueueName? queue, DateTimeOffset asOf, CancellationToken cancellation) =>
        CallAsync(StoreCallKind.Read, NoUnits, token => inner.CountAsync(queue, asOf, token), cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PartitionBacklog>> ReadBacklogAsync(
        IReadOnlyCollection<PartitionKey> partitions, DateTimeOffset asOf, CancellationToken cancellation) =>
        CallAsync(StoreCallKind.Read, NoUnits, token => inner.ReadBacklogAsync(partitions, asOf, token), cancellation);

    /// <inheritdoc/>
    public ValueTask<HistoryPlace?> FindSizeCutAsync(QueueName queue, JobState state, long maxBytes, CancellationToken cancellation) =>
        CallAsync(StoreCallKind.Read, NoUnits, token => inner.FindSizeCutAsync(queue, state, maxBytes, token), cancellation);

    /// <inheritdoc/>
    public ValueTask<int> PruneAsync(PruneRequest request, CancellationToken cancellation) =>
        CallAsync(StoreCallKind.Other, NoUnits, token => inner.PruneAsync(request, token), cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static async ValueTask<bool> DoneAsync(ValueTask call)
    {
        await call.ConfigureAwait(false);
        return true;
    }

    private async ValueTask<T> CallAsync<T>(
        StoreCallKind kind, IReadOnlyList<CommitUnit> units, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellation)
    {
        var (asked, fault, arrives) = Draw(kind, units);
        switch (fault)
        {
            case null:
                return await call(cancellation).ConfigureAwait(false);
            case StoreFault.Before:
                throw new StoreUnavailableException(nameof(FaultyJobStore), new IOException("It fails before it is reached, as planned."));
            case StoreFault.Held { AnswerOnly: false } held:
                await held.Gate.PassAsync(asked, cancellation).ConfigureAwait(false);
                return await call(cancellation).ConfigureAwait(false);
            case StoreFault.Held held:
                var answer = await call(cancellation).ConfigureAwait(false);
                await held.Gate.PassAsync(asked, cancellation).ConfigureAwait(false);
                return answer;
            default:
                if (arrives) await call(cancellation).ConfigureAwait(false);
                var cause = new IOException("Its answer is lost, as planned.");
                throw kind is StoreCallKind.Commit
                    ? new CommitFateUnknownException(nameof(FaultyJobStore), cause)
                    : new StoreUnavailableException(nameof(FaultyJobStore), cause);
        }
    }

    /// <summary>Decides in the order in which calls come, so that a plan with a seed repeats.</summary>
    private (StoreCall Call, StoreFault? Fault, bool Arrives) Draw(StoreCallKind kind, IReadOnlyList<CommitUnit> units)
    {
        lock (_gate)
        {
            var call = new StoreCall(kind, ++_calls[(int)kind], units);
            var fault = _calm ? null : plan.Choose(call);
            if (fault is not null) _faults++;
            if (fault is not StoreFault.Lost) return (call, fault, true);
            var arrives = _arrives;
            _arrives = !arrives;
            return (call, fault, arrives);
        }
    }
}

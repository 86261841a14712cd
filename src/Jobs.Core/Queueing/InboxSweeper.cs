using Microsoft.Extensions.Logging;

namespace Jobs.Core;

/// <summary>
/// Moves jobs that were put into the inbox to the partitions that this process serves: when somebody says that there are some, and now and
/// then in case nobody did. One commit takes a job out of the inbox and in among the others, under the owner's epoch; so it is moved once,
/// whoever takes the partition over meanwhile.
/// </summary>
/// <remarks>
/// A job whose unique key an unfinished job has becomes a discarded one that names it; a job whose id another one has is dropped, because the
/// id means that one. A job that cannot be taken in at all is passed over, and stays. None of them keeps the others waiting.
/// </remarks>
internal sealed class InboxSweeper(
    IInboxStore inbox, CommitPipeline pipeline, IInboxHost host, TimeProvider clock, JobsMetrics metrics, EngineHealth health, ILogger log)
    : IAsyncDisposable
{
    /// <summary>Jobs that are moved by one commit.</summary>
    private const int BatchJobs = 500;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private HashSet<PartitionKey> _told = [];
    private bool _lookEverywhere;
    private bool _isSweeping;
    private bool _isClosed;
    private Task _listening = Task.CompletedTask;
    private Task _sweeping = Task.CompletedTask;

    /// <summary>Begins to listen.</summary>
    internal void Start() => _listening = Task.Run(() => inbox.ListenAsync(Wake, _stop.Token), CancellationToken.None);

    /// <summary>Looks for jobs, soon.</summary>
    /// <param name="partition">Where; null means everywhere.</param>
    internal void Wake(PartitionKey? partition)
    {
        lock (_gate)
        {
            if (_isClosed) return;
            if (partition is { } key) _told.Add(key);
            else _lookEverywhere = true;
            if (_isSweeping) return;
            _isSweeping = true;
            _sweeping = Task.Run(SweepAsync, CancellationToken.None);
        }
    }

    /// <summary>Looks for jobs of a partition now, and returns when it is done with all that it was told.</summary>
    internal Task LookAsync(PartitionKey partition)
    {
        Wake(partition);
        lock (_gate) return _sweeping;
    }

    public async ValueTask DisposeAsync()
    {
        Task sweeping;
        lock (_gate)
        {
            _isClosed = true;
            sweeping = _sweeping;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await sweeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task SweepAsync()
    {
        while (Take() is var (everywhere, told))
        {
            Exception? failure = null;
            if (everywhere) failure = await TryAsync(() => AddHeldAsync(told)).ConfigureAwait(false);
            foreach (var partition in told) failure = await TryAsync(() => SweepAsync(partition)).ConfigureAwait(false) ?? failure;
            if (_stop.IsCancellationRequested) return;
            health.Report(JobsLoop.Inbox, null, failure);
            if (failure is not null) WorkerLog.InboxFailed(log, failure);
        }
    }

    private async Task AddHeldAsync(HashSet<PartitionKey> partitions) =>
        partitions.UnionWith(await inbox.ListInboxAsync(_stop.Token).ConfigureAwait(false));

    /// <summary>One partition that fails keeps no other waiting. The next look everywhere, which comes by itself, finds what is left.</summary>
    private static async Task<Exception?> TryAsync(Func<Task> look)
    {
        try
        {
            await look().ConfigureAwait(false);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private (bool Everywhere, HashSet<PartitionKey> Told)? Take()
    {
        lock (_gate)
        {
            if (_isClosed || (!_lookEverywhere && _told.Count == 0))
            {
                _isSweeping = false;
                return null;
            }

            var taken = (_lookEverywhere, _told);
            (_lookEverywhere, _told) = (false, []);
            return taken;
        }
    }

    private async Task SweepAsync(PartitionKey partition)
    {
        for (long? next = 0; next is { } after;)
        {
            if (await host.FindServedAsync(partition, _stop.Token).ConfigureAwait(false) is not { } served) return;
            var page = await inbox.LoadInboxAsync(partition, after, BatchJobs, _stop.Token).ConfigureAwait(false);
            foreach (var (id, error) in page.Unreadable) WorkerLog.InboxJobPassedOver(log, error, id);
            if (page.Jobs.Count > 0 && !await MoveAsync(served, page.Jobs).ConfigureAwait(false)) return;
            next = page.Next;
        }
    }

    /// <summary>Moves jobs; false if the partition is not this process's any more.</summary>
    private async Task<bool> MoveAsync(ServedPartition served, IReadOnlyList<JobRecord> jobs)
    {
        var now = clock.GetUtcNow();
        var changes = jobs.Select(job => ChangeOf(served, AsOf(job, served, now))).ToArray();
        switch (await CommitAsync(served, changes).ConfigureAwait(false))
        {
            case CommitVerdict.Committed:
                return true;
            case CommitVerdict.CommittedExcept except:
                return await DiscardAsync(served, [.. changes.Select(c => c.Transition.Job).Where(job => except.Existing.ContainsKey(job.Id))], except.Existing)
                    .ConfigureAwait(false);
            case CommitVerdict.IdTaken taken:
                return await DropAsync(served, jobs, taken.Id).ConfigureAwait(false);
            case CommitVerdict.Failed { Error: not (StoreUnavailableException or CommitFateUnknownException) } failed:
                return await MoveOneByOneAsync(served, jobs, failed.Error).ConfigureAwait(false);
            case CommitVerdict.Failed failed:
                throw failed.Error;
            default:
                return false;
        }
    }

    private async Task<CommitVerdict> CommitAsync(ServedPartition served, JobChange[] changes)
    {
        // They count before they can end. Callers were told that they are there, so they are let in even if the queue is full.
        served.Queue.Add(changes.Length);
        var unit = new EnqueueUnit(changes, [.. changes.Select(_ => served.Runner)]);
        pipeline.Submit(unit);
        var verdict = await unit.Settled.WaitAsync(_stop.Token).ConfigureAwait(false);
        var left = verdict switch
        {
            CommitVerdict.Committed => 0,
            CommitVerdict.CommittedExcept except => except.Existing.Count,
            _ => changes.Length,
        };
        if (left > 0) served.Queue.Release(left);
        return verdict;
    }

    private async Task<bool> DropAsync(ServedPartition served, IReadOnlyList<JobRecord> jobs, JobId taken)
    {
        var dropped = (await inbox.DropExistingAsync([.. jobs.Select(job => job.Id)], _stop.Token).ConfigureAwait(false)).ToHashSet();
        if (dropped.Count == 0) return await MoveOneByOneAsync(served, jobs, new DuplicateJobException(taken)).ConfigureAwait(false);
        foreach (var job in jobs.Where(job => dropped.Contains(job.Id)))
        {
            WorkerLog.InboxJobExists(log, job.Id, job.Terms.Task, job.Id, null);
            metrics.Existed(job);
        }

        JobRecord[] left = [.. jobs.Where(job => !dropped.Contains(job.Id))];
        return left.Length == 0 || await MoveAsync(served, left).ConfigureAwait(false);
    }

    private async Task<bool> MoveOneByOneAsync(ServedPartition served, IReadOnlyList<JobRecord> jobs, Exception error)
    {
        if (jobs.Count == 1)
        {
            WorkerLog.InboxJobPassedOver(log, error, jobs[0].Id);
            return true;
        }

        foreach (var job in jobs)
        {
            if (!await MoveAsync(served, [job]).ConfigureAwait(false)) return false;
        }

        return true;
    }

    /// <summary>Keeps what was not taken in visible, and lets whoever waits for it find the job that is there in its place.</summary>
    private async Task<bool> DiscardAsync(ServedPartition served, JobRecord[] jobs, IReadOnlyDictionary<JobId, JobId> existing)
    {
        var now = clock.GetUtcNow();
        var discarded = jobs.Select(job => (Before: job, After: ExistingJob.Discarded(job, existing[job.Id], now))).ToArray();
        var unit = new SilentUnit([.. discarded.Select(job => ChangeOf(served, job.After))]);
        pipeline.Submit(unit);
        switch (await unit.Settled.WaitAsync(_stop.Token).ConfigureAwait(false))
        {
            case CommitVerdict.Committed: break;
            case CommitVerdict.Failed failed: throw failed.Error;
            default: return false;
        }

        foreach (var (before, after) in discarded)
        {
            WorkerLog.InboxJobExists(log, before.Id, before.Terms.Task, existing[before.Id], before.UniqueKey);
            metrics.Existed(before);
            served.Queue.Add(1);
            served.Events.Committed(new JobTransition(null, before), null);
            served.Events.Committed(new JobTransition(before, after), null);
        }

        return true;
    }

    private static JobChange ChangeOf(ServedPartition served, JobRecord job) =>
        served.Runner.Change(new JobTransition(null, job)) with { IsFresh = !job.Id.IsNamed, IsFromInbox = true };

    /// <summary>The job with its place in the partition, as it would be if it were enqueued now.</summary>
    private static JobRecord AsOf(JobRecord job, ServedPartition served, DateTimeOffset now) => job with
    {
        Sequence = served.Runner.TakeSequence(1),
        State = job.RunAt > now ? JobState.Scheduled : JobState.Pending,
    };

    /// <summary>A commit that no partition takes anything in from.</summary>
    private sealed class SilentUnit(JobChange[] changes) : CommitUnit
    {
        private readonly TaskCompletionSource<CommitVerdict> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override IReadOnlyList<JobChange> Changes => changes;

        internal Task<CommitVerdict> Settled => _settled.Task;

        public override void Settle(CommitVerdict verdict) => _settled.SetResult(verdict);
    }
}

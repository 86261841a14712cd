namespace Jobs.Core;

/// <content>
/// Which partitions this process owns. It renews its lease, stands by where another process is the owner and takes over when that one is
/// gone, and opens anew what it lost without another owner being there. What its own handlers run goes on then (rule I6).
/// </content>
public sealed partial class EmbeddedEngine
{
    private const int WaitersPerLook = 1_000;

    /// <summary>The lease is renewed this many times before it is over, so that some of them may fail.</summary>
    private const int RenewalsPerLease = 4;

    private readonly string _owner;
    private ITimer? _ownershipTimer;
    private int _tending;

    private TimeSpan RenewalPeriod => _settings.OwnerLease / RenewalsPerLease;

    /// <summary>How long callers wait for a partition whose owner may be gone: until its lease must be over and this process have looked.</summary>
    private TimeSpan OwnerPatience => _settings.OwnerLease * 2;

    /// <summary>The partition, once this process owns it.</summary>
    /// <exception cref="QueueOwnedElsewhereException">Another process owns it, and goes on living.</exception>
    private ValueTask<PartitionRunner> RequireAsync(JobQueue queue, int number, CancellationToken cancellation) => queue.Find(number) is { } runner
        ? new(runner)
        : queue.WaitForAsync(() => queue.Find(number), OwnerPatience, Clock, cancellation);

    /// <summary>The partition of a new job, once this process owns one that may have it.</summary>
    private ValueTask<PartitionRunner> ChooseAsync(JobQueue queue, string? groupKey, CancellationToken cancellation) =>
        queue.Choose(groupKey) is { } runner ? new(runner) : queue.WaitForAsync(() => queue.Choose(groupKey), OwnerPatience, Clock, cancellation);

    private void StartOwning() => _ownershipTimer = OwnClock.CreateTimer(
        static engine => _ = ((EmbeddedEngine)engine!).TendAsync(), this, RenewalPeriod, RenewalPeriod);

    /// <summary>Called on the partition's turn.</summary>
    private void OnLost(PartitionRunner runner)
    {
        if (FindQueue(runner.Key.Queue) is not { } queue || !queue.Unseat(runner)) return;

        // At once, unless it was opened just now: what goes wrong again and again must not keep the store busy.
        if (Clock.GetElapsedTime(queue.Seats[runner.Key.Number].OpenedAt) >= RenewalPeriod) _ = Task.Run(TendAsync);
    }

    private async Task TendAsync()
    {
        // Whoever comes while this is under way may have something that it has passed already: then it goes round once more.
        if (Interlocked.Increment(ref _tending) > 1) return;
        int seen;
        do
        {
            seen = Volatile.Read(ref _tending);
            await TendOnceAsync().ConfigureAwait(false);
        }
        while (Interlocked.Add(ref _tending, -seen) > 0);
    }

    private async Task TendOnceAsync()
    {
        try
        {
            await Store.RenewAsync(_owner, _settings.OwnerLease, CancellationToken.None).ConfigureAwait(false);
            await _watch.RefreshAsync(CancellationToken.None).ConfigureAwait(false);
            await ClaimMissingAsync().ConfigureAwait(false);
            await LookForEndsElsewhereAsync(_ => true).ConfigureAwait(false);
            LookIntoInbox();
            _health.Report(JobsLoop.Ownership, null, null);
        }
        catch (Exception e)
        {
            _health.Report(JobsLoop.Ownership, null, e);
            if (_state is not EngineState.Stopped) WorkerLog.OwnershipFailed(_settings.Log, e, RenewalPeriod.TotalSeconds);
        }
    }

    private async Task ClaimMissingAsync()
    {
        await _opening.WaitAsync().ConfigureAwait(false);
        try
        {
            foreach (var queue in _queues.Values)
            {
                foreach (var seat in queue.Seats.Where(seat => seat.Runner is null))
                {
                    if (_state is EngineState.Running) await ClaimAsync(queue, seat, CancellationToken.None).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task ClaimAsync(JobQueue queue, PartitionSeat seat, CancellationToken cancellation)
    {
        var claim = await Store.ClaimAsync(seat.Key, new OwnershipClaim(_owner, _settings.OwnerLease), cancellation).ConfigureAwait(false);
        if (claim is PartitionClaim.Held held)
        {
            StandBy(queue, seat, held.Owner);
            return;
        }

        var opening = ((PartitionClaim.Granted)claim).Opening;
        if (opening.Before is not OwnerBefore.Same) LeaveJobsOf(queue, seat);
        var running = opening.Before is OwnerBefore.Same ? await HeldHereAsync(queue, seat, cancellation).ConfigureAwait(false) : [];
        var recovered = opening.Before is OwnerBefore.Lost ? opening.LastSequence : opening.Before is OwnerBefore.Same ? seat.RecoveredSequence : 0;
        var beside = BaseOf(queue.Name);
        PartitionRunner? runner = null;
        var partition = new QueuePartition(seat.Key, queue.Options.Strategy, _settings.Window, _machine)
        {
            IsPaused = task => IsPaused(queue.Name, task) || (beside != queue.Name && IsPaused(beside, task)),
            Limits = _settings.RunsOnDemand ? null : _limiter.Open(seat.Key, bucket => runner?.Post(new PartitionMail.LimitRoom(bucket))),
        };
        runner = new PartitionRunner(partition, opening.Epoch, Store, _pipeline, _events, OwnClock, _settings.Log) { DoubtAfter = _settings.DoubtAfter };
        runner.Open(opening, Clock.GetUtcNow(), recovered, running);
        queue.Opened(seat.OpenedAt == 0, opening);
        seat.OpenedAt = Clock.GetTimestamp();
        queue.Seat(seat, runner);
        _health.Report(JobsLoop.Partition, seat.Key, null);
        WorkerLog.Owns(_settings.Log, seat.Key, opening.Epoch, opening.Before);

        // Last, because jobs may end by it, and they give their room back to the queue.
        runner.Post(PartitionMail.Wake.Instance);
        _sweeper?.Wake(seat.Key);
        if (opening.Before is not OwnerBefore.Released) await LookForEndsElsewhereAsync(id => IsIn(id, seat.Key)).ConfigureAwait(false);
    }

    private void StandBy(JobQueue queue, PartitionSeat seat, string owner)
    {
        LeaveJobsOf(queue, seat);
        _limiter.Leave(seat.Key);
        _health.Report(JobsLoop.Partition, seat.Key, null);
        if (seat.HeldBy == owner) return;
        seat.HeldBy = owner;
        WorkerLog.StandsBy(_settings.Log, seat.Key, owner);
    }

    /// <summary>The jobs of a partition that went to another owner are that one's; handlers that still run them here are told to stop.</summary>
    private static void LeaveJobsOf(JobQueue queue, PartitionSeat seat)
    {
        // First the runs, then what they have said: so nothing that one of them says comes in between.
        foreach (var job in queue.Worker?.Running.Where(job => job.Id.Partition == seat.Key.Number) ?? []) job.Leave();
        seat.Forget();
    }

    /// <summary>
    /// What this process is running, or has run without that being written, as far as the store still has it so: the store knows of the
    /// start, or has the job as it was before it.
    /// </summary>
    private async ValueTask<IReadOnlyList<JobRecord>> HeldHereAsync(JobQueue queue, PartitionSeat seat, CancellationToken cancellation)
    {
        // The worker first: what ends after this look is among the unwritten ones by then.
        var running = queue.Worker?.Running.Where(job => job.Id.Partition == seat.Key.Number && job.Reason is not CancelReason.JobEnded && !job.IsLeft) ?? [];
        var candidates = running.Select(job => job.Record).Concat(seat.Unwritten.Select(u => u.Running)).DistinctBy(job => job.Id).ToList();
        var held = new List<JobRecord>(candidates.Count);
        foreach (var job in candidates)
        {
            if (await Store.FindAsync(job.Id, cancellation).ConfigureAwait(false) is not { } stored || stored.State.IsFinal()) continue;
            var isStarted = stored.State is JobState.Running && stored.Deliveries == job.Deliveries;
            var isAsBefore = stored.State is not JobState.Running && stored.Deliveries == job.Deliveries - 1;
            if (isStarted || isAsBefore) held.Add(job);
        }

        return held;
    }

    /// <summary>Tells waiters of ends that other owners wrote: nobody in this process is told of them.</summary>
    private async Task LookForEndsElsewhereAsync(Func<JobId, bool> concerns)
    {
        foreach (var id in Waiters.SomeOf(id => concerns(id) && (FindQueue(id)?.Find(id.Partition) is null || OpenedBehindWaiters(id)), WaitersPerLook))
        {
            var job = await Store.FindAnywhereAsync(id, CancellationToken.None).ConfigureAwait(false);
            if (job is null || job.State.IsFinal()) Waiters.Complete(id, job is null ? null : Show(job));
        }
    }

    private bool OpenedBehindWaiters(JobId id) => FindQueue(id)?.Seats[id.Partition] is { } seat && Clock.GetElapsedTime(seat.OpenedAt) < RenewalPeriod;

    private static bool IsIn(JobId id, PartitionKey key) => id.QueueHash == key.Queue.Hash && id.Partition == key.Number;

    private JobQueue? FindQueue(JobId id) => Volatile.Read(ref _queues).Values.FirstOrDefault(queue => queue.Name.Hash == id.QueueHash);

    private async Task StopOwningAsync()
    {
        if (_ownershipTimer is not null) await _ownershipTimer.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ReleaseAsync()
    {
        try
        {
            await Store.ReleaseAsync(_owner, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            WorkerLog.ReleaseFailed(_settings.Log, e, _settings.OwnerLease.TotalSeconds);
        }
    }
}

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Core;

/// <summary>
/// Group commit: whatever units are queued when the store is free go to it in one call. A busy store makes larger groups by itself, so that
/// units linger only if nobody waits for them and the store is at rest (<see cref="CommitLimits.GatherTime"/>). One per process and store,
/// shared by all partitions.
/// </summary>
/// <remarks>
/// <para>
/// Units go through one lane, or, with a store that can (<see cref="StoreCapabilities.HasIntakeLane"/>), through two: units of nothing but
/// new jobs, and all others. A new job then does not wait for what becomes of other jobs, and the store works on both at once. Units of one
/// lane are settled in the order in which they were submitted; nobody depends on the order between them, because nothing may happen to a
/// job before its insert is settled: whoever sees one in the store before asks <see cref="Entering"/>.
/// </para>
/// <para>
/// Whoever submits while nothing is under way runs the commit on its own thread: with a store that answers at once there is no hand-over
/// between threads at all. When the answer to a commit is lost, its lane commits nothing else until it was read back what became of it.
/// </para>
/// </remarks>
public sealed class CommitPipeline
{
    private readonly CommitLimits _limits;
    private readonly Lock _gate = new();
    private readonly CommitLane _lane;
    private readonly CommitLane? _intake;
    private int _queuedChanges;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _idle;

    /// <summary>Makes the pipeline of a store.</summary>
    /// <param name="store">Where units are committed.</param>
    /// <param name="limits">Bounds.</param>
    /// <param name="clock">The clock of the pauses between two looks at a store that is away; default the system's.</param>
    /// <param name="log">Hears of answers that were lost; default nobody.</param>
    /// <param name="givenUp">Ends the waiting for the store: what is not committed fails, and so does all that is submitted from then on.</param>
    public CommitPipeline(
        IJobStore store, CommitLimits limits, TimeProvider? clock = null, ILogger? log = null, CancellationToken givenUp = default)
        : this(store, limits, clock, log, null, givenUp)
    {
    }

    internal CommitPipeline(
        IJobStore store, CommitLimits limits, TimeProvider? clock, ILogger? log, EngineHealth? health, CancellationToken givenUp)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(limits);
        _limits = limits;
        GivenUp = givenUp;
        var resolver = new CommitResolver(store, clock ?? TimeProvider.System, log ?? NullLogger.Instance);
        var hasIntake = store.Capabilities.HasIntakeLane;
        _lane = new CommitLane(store, resolver, health, gathers: hasIntake && limits.GatherTime > TimeSpan.Zero, givenUp);
        if (hasIntake) _intake = new CommitLane(store, resolver, health, gathers: false, givenUp);
    }

    /// <summary>Ends the waiting for the store, also of those who commit beside this pipeline.</summary>
    internal CancellationToken GivenUp { get; }

    /// <summary>Commits that went to the store so far.</summary>
    public long Commits => _lane.Commits + (_intake?.Commits ?? 0);

    /// <summary>Changes that went to the store so far.</summary>
    public long CommittedChanges { get; private set; }

    /// <summary>
    /// Waits until a caller may submit again. Only callers from outside wait; outcomes are always taken, because they make room.
    /// </summary>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (_queuedChanges < _limits.MaxQueuedChanges) return;
                room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await room.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>True if a caller may submit now.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate) return _queuedChanges < _limits.MaxQueuedChanges;
        }
    }

    /// <summary>Queues a unit. Its <see cref="CommitUnit.Settle"/> is called when its fate is known, maybe before this returns.</summary>
    public void Submit(CommitUnit unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        var lane = _intake is not null && IsIntake(unit) ? _intake : _lane;
        lock (_gate)
        {
            _queuedChanges += unit.Changes.Count;
            var gathered = lane.IsGathering;
            if (!lane.Add(unit))
            {
                if (lane.IsGathering && !gathered) _ = GatherAsync(lane);
                return;
            }
        }

        _ = RunAsync(lane);
    }

    /// <summary>Completes when everything that was submitted is settled.</summary>
    public Task WhenIdleAsync()
    {
        Task idle;
        bool gathered;
        lock (_gate)
        {
            if (!IsBusy) return Task.CompletedTask;
            idle = (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            gathered = _lane.EndGathering();
        }

        if (gathered) _ = RunAsync(_lane);
        return idle;
    }

    /// <summary>
    /// Those of an owner's jobs whose insert is under way and not settled. What the store shows of them already is true, but if anything were
    /// to become of them now, it could be settled before their insert, as long as that goes through a lane of its own.
    /// </summary>
    /// <param name="jobs">Jobs of one partition, as the store shows them.</param>
    /// <param name="epoch">The owner's.</param>
    internal IReadOnlyList<JobId> Entering(IReadOnlyList<JobRecord> jobs, long epoch)
    {
        if (_intake is null || jobs.Count == 0) return [];
        var entering = new List<JobId>();
        lock (_gate) _intake.FindEntering(jobs, epoch, entering);
        return entering;
    }

    /// <summary>Completes when the inserts that are under way now are settled.</summary>
    internal Task WhenEnteredAsync()
    {
        lock (_gate) return _intake?.WhenSettledAsync() ?? Task.CompletedTask;
    }

    private bool IsBusy => _lane.IsBusy || _intake?.IsBusy == true;

    private static bool IsIntake(CommitUnit unit)
    {
        for (var i = 0; i < unit.Changes.Count; i++)
        {
            if (unit.Changes[i].Transition.Before is not null) return false;
        }

        return true;
    }

    private async Task GatherAsync(CommitLane lane)
    {
        // The system's time: it is about the disk, and no test of the jobs' time should have to see it pass.
        await Task.Delay(Times.ForTimer(_limits.GatherTime), TimeProvider.System).ConfigureAwait(false);
        lock (_gate)
        {
            if (!lane.EndGathering()) return;
        }

        await RunAsync(lane).ConfigureAwait(false);
    }

    private async Task RunAsync(CommitLane lane)
    {
        var gathers = false;
        while (!gathers && TakeQueued(lane) is { } units)
        {
            await lane.CommitAsync(units).ConfigureAwait(false);
            lock (_gate)
            {
                lane.Recycle(units);

                // What came meanwhile waits for more as well, unless somebody waits for all of it or for room.
                gathers = _idle is null && _room is null && lane.TryGatherQueued();
            }
        }

        if (gathers) _ = GatherAsync(lane);
    }

    private List<CommitUnit>? TakeQueued(CommitLane lane)
    {
        TaskCompletionSource? room;
        TaskCompletionSource? idle = null;
        List<CommitUnit>? taken;
        lock (_gate)
        {
            room = _room;
            _room = null;
            taken = lane.Take(out var changes);
            CommittedChanges += changes;
            _queuedChanges -= changes;
            if (!IsBusy)
            {
                idle = _idle;
                _idle = null;
            }
        }

        room?.TrySetResult();
        idle?.TrySetResult();
        return taken;
    }
}

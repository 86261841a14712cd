namespace Jobs.Core;

/// <summary>
/// Group commit: whatever units are queued when the store is free go to it in one call. There is no linger; a busy store makes larger
/// groups by itself. One per process and store, shared by all partitions.
/// </summary>
/// <remarks>
/// Units are settled in the order in which they were submitted. Whoever submits while nothing is under way runs the commit on its own
/// thread: with a store that answers at once there is no hand-over between threads at all.
/// </remarks>
public sealed class CommitPipeline(IJobStore store, CommitLimits limits)
{
    private readonly Lock _gate = new();
    private List<CommitUnit> _queue = [];
    private List<CommitUnit> _spare = [];
    private bool _busy;
    private int _queuedChanges;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _idle;

    /// <summary>Commits that went to the store so far.</summary>
    public long Commits { get; private set; }

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
                if (_queuedChanges < limits.MaxQueuedChanges) return;
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
            lock (_gate) return _queuedChanges < limits.MaxQueuedChanges;
        }
    }

    /// <summary>Queues a unit. Its <see cref="CommitUnit.Settle"/> is called when its fate is known, maybe before this returns.</summary>
    public void Submit(CommitUnit unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        lock (_gate)
        {
            _queue.Add(unit);
            _queuedChanges += unit.Changes.Count;
            if (_busy) return;
            _busy = true;
        }

        _ = RunAsync();
    }

    /// <summary>Completes when everything that was submitted is settled.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            if (!_busy) return Task.CompletedTask;
            return (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private async Task RunAsync()
    {
        while (TakeQueued() is { } units)
        {
            IReadOnlyList<CommitVerdict>? verdicts = null;
            CommitVerdict? failure = null;
            try
            {
                verdicts = await store.CommitAsync(units, CancellationToken.None).ConfigureAwait(false);
                Commits++;
            }
            catch (Exception e)
            {
                failure = new CommitVerdict.Failed(e);
            }

            for (var i = 0; i < units.Count; i++) units[i].Settle(failure ?? verdicts![i]);
            Recycle(units);
        }
    }

    private List<CommitUnit>? TakeQueued()
    {
        TaskCompletionSource? room;
        TaskCompletionSource? idle = null;
        List<CommitUnit>? taken = null;
        lock (_gate)
        {
            room = _room;
            _room = null;
            if (_queue.Count == 0)
            {
                _busy = false;
                idle = _idle;
                _idle = null;
            }
            else
            {
                taken = _queue;
                _queue = _spare;
                _spare = [];
                CommittedChanges += _queuedChanges;
                _queuedChanges = 0;
            }
        }

        room?.TrySetResult();
        idle?.TrySetResult();
        return taken;
    }

    private void Recycle(List<CommitUnit> units)
    {
        units.Clear();
        lock (_gate) _spare = units;
    }
}

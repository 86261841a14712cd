using Microsoft.Extensions.Logging;

namespace Jobs.Core;

/// <summary>
/// The loop around one partition: mail in, commits and jobs out, a timer for what is due. The same class serves the embedded engine and
/// a grain. All work on the partition happens on its turn; whoever posts while nobody has the turn takes it.
/// </summary>
internal sealed partial class PartitionRunner : IThreadPoolWorkItem, IAsyncDisposable
{
    /// <summary>Rounds that a poster works for the partition before the thread pool takes over, so that no caller is held up for long.</summary>
    private const int MaxRoundsPerTurn = 64;

    /// <summary>A timer counts elapsed time and not the clock's, so it looks again now and then in case the clock was set forward.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A start is written once its job has run for so long, or twice as long at most. Jobs that end before, which most do, have no start to
    /// write. It is the system's time, because it is about what the store is spared and nobody sees it: whoever asks gets the starts first.
    /// </summary>
    private static readonly TimeSpan StartsDelay = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly QueuePartition _partition;
    private readonly CommitPipeline _pipeline;
    private readonly IJobStore _store;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly IPartitionEvents _events;
    private readonly ITimer _timer;
    private readonly ITimer _startsTimer;
    private List<StagedChange> _staged = [];
    private readonly List<Assignment> _assignments = [];
    private IReadOnlyList<IJobSink> _sinks = [];
    private List<PartitionMail> _mail = [];
    private List<PartitionMail> _spare = [];
    private int _mailAt;
    private long _lastWork;
    private bool _hasTurn;
    private volatile bool _stopped;
    private DateTimeOffset? _timerAt;
    private bool _wasReady;
    private volatile bool _isHungry;
    private bool _startsAsked;
    private Task _startsUnderWay = Task.CompletedTask;

    internal PartitionRunner(
        QueuePartition partition, long epoch, IJobStore store, CommitPipeline pipeline, IPartitionEvents events, TimeProvider clock, ILogger log)
    {
        _partition = partition;
        Epoch = epoch;
        _store = store;
        _pipeline = pipeline;
        _events = events;
        _clock = clock;
        _log = log;
        _timer = clock.CreateTimer(
            static state => ((PartitionRunner)state!).Post(PartitionMail.TimerFired.Instance), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _startsTimer = TimeProvider.System.CreateTimer(
            static state => ((PartitionRunner)state!).Post(PartitionMail.WriteStarts.Instance), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal PartitionKey Key => _partition.Key;

    /// <summary>Jobs of the partition that are in memory.</summary>
    internal int WindowJobs => _partition.WindowJobs;

    internal long Epoch { get; }

    /// <summary>False once it has stopped, in order or not.</summary>
    internal bool IsServing => !_stopped;

    /// <summary>True while jobs are ready that a worker supports but had no slot for.</summary>
    internal bool IsHungry => _isHungry;

    /// <summary>A transition with this owner's fence.</summary>
    internal JobChange Change(JobTransition transition) => new(transition, Epoch, _partition.Strategy);

    internal long TakeSequence(int count) => _partition.TakeSequence(count);

    /// <summary>
    /// Starts from what the store has; whatever an owner before had handed out counts as lost with it (rule I7), but for what this process
    /// is running itself (rule I6) and for what is leased (rule I5). Nothing happens before the first mail is posted.
    /// </summary>
    /// <param name="opening">What the store told.</param>
    /// <param name="now">The time.</param>
    /// <param name="recoveredSequence">Starts of jobs up to this one are written before they run.</param>
    /// <param name="held">What this process, and workers elsewhere, are running.</param>
    /// <param name="workers">The workers elsewhere that have jobs of the partition.</param>
    internal void Open(
        PartitionOpening opening, DateTimeOffset now, long recoveredSequence = 0, IReadOnlyList<JobRecord>? held = null,
        IReadOnlyList<RemoteWorker>? workers = null)
    {
        _partition.Open(opening.LastSequence, opening.Tasks, opening.Started, now, recoveredSequence, held);
        foreach (var worker in workers ?? []) Know(worker);
        var lost = opening.Started.Where(job =>
            job is { State: JobState.Running, LeasedUntil: null } && held?.Any(h => h.Id == job.Id) != true && HolderOf(job) is null);
        foreach (var job in lost)
            _staged.AddRange(_partition.PlanLost(job.Id, now));
    }

    internal void AddSink(IJobSink sink)
    {
        lock (_gate) _sinks = [.. _sinks, sink];
        Post(PartitionMail.Wake.Instance);
    }

    internal void Post(PartitionMail mail)
    {
        lock (_gate)
        {
            _mail.Add(mail);
            if (_hasTurn) return;
            _hasTurn = true;
        }

        TakeTurn();
    }

    void IThreadPoolWorkItem.Execute() => TakeTurn();

    public async ValueTask DisposeAsync()
    {
        _stopped = true;
        Post(PartitionMail.Wake.Instance);
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _startsTimer.DisposeAsync().ConfigureAwait(false);
    }

    internal void ApplyTimer() => _timerAt = null;

    private void TakeTurn()
    {
        for (var round = 0; TakeMail() is { } mail; round++)
        {
            WorkThrough(mail);
            if (round < MaxRoundsPerTurn) continue;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }
    }

    private List<PartitionMail>? TakeMail()
    {
        lock (_gate)
        {
            if (_mail.Count == 0)
            {
                _hasTurn = false;
                return null;
            }

            var mail = _mail;
            _mail = _spare;
            _spare = [];
            return mail;
        }
    }

    private void WorkThrough(List<PartitionMail> mail)
    {
        DateTimeOffset? now = null;
        try
        {
            now = Work(mail);
        }
        catch (Exception e)
        {
            Fail(e, mail);
        }

        mail.Clear();
        bool idle;
        lock (_gate)
        {
            _spare = mail;
            idle = _mail.Count == 0;
        }

        if (!idle || now is not { } time || _stopped) return;
        AskForStarts();
        SetTimer(time);
        TellWhoWaitsForQuiet();
    }

    private DateTimeOffset Work(List<PartitionMail> mail)
    {
        DoubtIfSilent();
        var now = _clock.GetUtcNow();
        for (_mailAt = 0; _mailAt < mail.Count; _mailAt++)
        {
            if (_stopped) mail[_mailAt].Refuse(this);
            else mail[_mailAt].Apply(this, now);
        }

        if (_stopped)
        {
            Close();
            TellIfLost();
            return now;
        }

        _staged.AddRange(_partition.PlanLeasesOver(now));
        if (_staged.Count > 0)
        {
            var unit = new StagedUnit(this, _staged) { CanWaitAtFirst = NothingWaitsFor(_staged) };
            _staged = [];
            Submit(unit);
        }

        Dispatch(now);
        ServeWorkers(now);
        ServeTakers(now);
        SettleLimits();
        LoadPages(now);
        AnswerLooks();
        return now;
    }

    private void Dispatch(DateTimeOffset now)
    {
        _partition.Advance(now);

        // A slot that is freed wakes only those who are marked as hungry. So the mark comes first and the last look after it: what is
        // freed before the mark is seen by that look, what is freed later wakes this partition.
        while (HandOut(now))
        {
            if (_isHungry) break;
            _isHungry = true;
            Interlocked.MemoryBarrier();
        }
    }

    /// <summary>Hands out what there is and is room for; true if jobs are left that a worker supports but has no slot for.</summary>
    private bool HandOut(DateTimeOffset now)
    {
        var hungry = false;
        foreach (var sink in _sinks)
        {
            hungry |= _partition.Dispatch(sink, now, _assignments);
            if (_assignments.Count == 0) continue;
            _wasReady = true;
            Start(sink);
        }

        if (hungry) return true;
        _isHungry = false;
        if (!_wasReady || _partition.HasReady) return false;
        _wasReady = false;
        _events.PartitionEmpty(Key);
        return false;
    }

    /// <summary>Has the starts written of jobs that go on for a while.</summary>
    private void AskForStarts()
    {
        if (_startsAsked || !_partition.HasUnwrittenStarts) return;
        _startsAsked = true;
        _startsTimer.Change(StartsDelay, Timeout.InfiniteTimeSpan);
    }

    private void LoadPages(DateTimeOffset now)
    {
        while (_partition.NextPage(now) is { } request) _ = LoadPageAsync(request, TimeSpan.Zero);
    }

    private async Task LoadPageAsync(PageRequest request, TimeSpan delay)
    {
        if (delay > TimeSpan.Zero) await Task.Delay(delay, _clock).ConfigureAwait(false);
        try
        {
            Post(new PartitionMail.Page(request, await _store.LoadAsync(request, CancellationToken.None).ConfigureAwait(false), null));
        }
        catch (Exception e)
        {
            Post(new PartitionMail.Page(request, null, e));
        }
    }

    private void SetTimer(DateTimeOffset now)
    {
        var next = _partition.NextDue;
        if (_partition.NextLeaseEnd is { } end && !(next <= end)) next = end;
        if (next == _timerAt) return;
        _timerAt = next;
        if (next is not { } due) return;

        // A timer counts whole milliseconds; rounding up means that it does not fire just before the job is due.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling((due - now).TotalMilliseconds));
        _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestTimer ? LongestTimer : wait, Timeout.InfiniteTimeSpan);
    }
}

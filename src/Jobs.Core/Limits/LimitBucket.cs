namespace Jobs.Core;

/// <summary>
/// What one limit has counted: of all its jobs, or of those with one key. Room that becomes free is promised to whoever has waited longest, so
/// that a partition with many jobs cannot keep it from the others. Used under the lock of its <see cref="Limiter"/>.
/// </summary>
internal sealed class LimitBucket(Limiter limiter, string name, string key)
{
    private readonly Queue<LimitAccount> _waiting = new();
    private readonly HashSet<LimitAccount> _isWaiting = [];
    private readonly HashSet<LimitAccount> _promised = [];
    private TokenBucket? _tokens;
    private readonly LimitShare? _share = limiter.Source is null ? null : new LimitShare();
    private ITimer? _timer;
    private DateTimeOffset? _timerAt;

    /// <summary>The limit's name.</summary>
    internal string Name => name;

    /// <summary>The key it counts; empty if it counts all jobs together.</summary>
    internal string Key => key;

    /// <summary>Whether it holds back jobs of one key only.</summary>
    internal bool IsKeyed => key.Length > 0;

    /// <summary>The limit; null once it is removed: whoever waited goes on then.</summary>
    internal RunLimit? Limit { get; private set; }

    /// <summary>How many of its jobs run.</summary>
    internal int Running { get; private set; }

    /// <summary>How many partitions wait for room.</summary>
    internal int Waiting => _isWaiting.Count;

    /// <summary>True if nothing would be forgotten with it.</summary>
    internal bool IsIdle => IsUnused && !HasShare && _tokens?.Advance(limiter.Now).IsFull != false;

    /// <summary>True if there is something to ask for, or to give back that nobody here uses.</summary>
    internal bool IsToBeReported => Limit is not null && (_isWaiting.Count > 0 || (IsUnused && HasShare));

    private bool IsUnused => Running == 0 && _isWaiting.Count == 0 && _promised.Count == 0;

    private bool HasShare => _share is { } share && (share.Allowance > 0 || share.Tokens > 0);

    private int MaxRunning => Limit is not { MaxRunning: { } max } ? int.MaxValue : Math.Min(max, _share?.Allowance ?? max);

    private int Tokens
    {
        get
        {
            if (Limit is not { Rate: not null }) return int.MaxValue;
            return _share?.Tokens ?? (_tokens = _tokens!.Value.Advance(limiter.Now)).Value.Tokens;
        }
    }

    private int Free => Limit is null ? int.MaxValue : Math.Min(MaxRunning - Running, Tokens) - _promised.Count;

    /// <summary>Goes by a limit from now on; by none if it is null.</summary>
    /// <param name="stored">The limit as it is stored.</param>
    /// <param name="knownSince">Since when starts have been counted here: before that, nobody knows what has started.</param>
    internal void Change(StoredLimit? stored, DateTimeOffset knownSince)
    {
        Limit = stored?.Limit;
        if (_share is not null)
        {
            _share.IsContended = true;
            NoteIf(!IsUnused || HasShare);
        }
        else if (stored is not { Limit.Rate: { } rate }) _tokens = null;
        else if (_tokens is { } known) _tokens = known.Under(rate);
        else _tokens = stored.Since >= knownSince ? TokenBucket.Full(rate, limiter.Now) : TokenBucket.Empty(rate, knownSince);
        Pass();
    }

    /// <summary>Whether a job of this partition may start.</summary>
    internal bool HasRoomFor(LimitAccount account) => Free > (_promised.Contains(account) ? -1 : 0);

    /// <summary>Whether a job could start if nobody else came first.</summary>
    internal bool HasRoom => Free > 0 || (_share is not null && _isWaiting.Count == 0);

    internal void Take(LimitAccount account)
    {
        _promised.Remove(account);
        Running++;
        _tokens = _tokens?.Take(1);
        if (_share is not null && Limit is { Rate: not null }) _share.Tokens--;
    }

    /// <summary>Counts a job that runs already.</summary>
    internal void Count()
    {
        Running++;
        if (_share is not null) NoteIf(Running > MaxRunning);
    }

    /// <summary>Counts a job no more.</summary>
    /// <param name="hasStarted">False if it did not start after all, so that its token is still there.</param>
    internal void Release(bool hasStarted = true)
    {
        Running--;
        if (!hasStarted) _tokens = _tokens?.Take(-1);
        if (_share is not null)
        {
            if (!hasStarted && Limit is { Rate: not null }) _share.Tokens++;
            if (_share.IsContended) _share.Allowance = Math.Min(_share.Allowance, Running + _promised.Count);
            NoteIf(_share.IsContended && Limit is { MaxRunning: not null });
        }

        Pass();
    }

    /// <summary>Has a partition told when there is room for it.</summary>
    internal void Wait(LimitAccount account)
    {
        if (_isWaiting.Add(account)) _waiting.Enqueue(account);
        Pass();
        if (_share is not null) NoteIf(_isWaiting.Count > 0 && !(_share.AskAgainAt > limiter.Now));
    }

    /// <summary>What there is to say to whoever shares the limit out. Until <see cref="Grant"/> nothing is used beyond what this says.</summary>
    internal LimitUse Report()
    {
        var share = _share!;
        var held = Running + _promised.Count;
        var spare = Limit is { Rate: not null } ? Math.Max(0, share.Tokens - _promised.Count) : 0;
        var returned = _isWaiting.Count == 0 ? spare : 0;
        share.Tokens -= returned;

        // More than was granted runs, because it ran before it was counted: the others may have to wait for the end of it.
        share.IsContended |= held > share.Allowance;
        share.Allowance = held;

        // Of what is paid in tokens no more is asked for than is used at once.
        var wanted = Limit is { Rate: null } ? _isWaiting.Count * share.Chunk : _isWaiting.Count;
        return new LimitUse(key, held, wanted, spare - returned, returned);
    }

    /// <summary>Goes by what was granted in answer to a report.</summary>
    internal void Grant(LimitUse asked, LimitGrant grant)
    {
        _share!.Grant(grant, asked.Wanted, asked.Held);
        Pass();
    }

    /// <summary>Takes back what was promised to a partition and not used.</summary>
    internal void Decline(LimitAccount account)
    {
        if (_promised.Remove(account)) Pass();
    }

    /// <summary>Forgets a partition that waits for nothing any more.</summary>
    internal void Forget(LimitAccount account)
    {
        _isWaiting.Remove(account);
        Decline(account);
    }

    /// <summary>Promises what is free, to each partition one place at a time.</summary>
    internal void Pass()
    {
        while (Free > 0 && _waiting.TryDequeue(out var next))
        {
            // Whoever has left is passed over.
            if (!_isWaiting.Remove(next)) continue;
            if (Limit is not null) _promised.Add(next);
            next.Promise(this);
        }

        SetTimer();
    }

    internal void Dispose()
    {
        _timer?.Dispose();
        _timer = null;
        _timerAt = null;
    }

    private void NoteIf(bool holds)
    {
        if (holds && Limit is not null) limiter.Source!.Note(this);
    }

    private DateTimeOffset? LookAgainAt()
    {
        if (_isWaiting.Count == 0) return null;
        if (_share is not null) return _share.AskAgainAt;
        return _tokens is { } tokens && Running < MaxRunning ? tokens.When(_promised.Count + 1) : null;
    }

    private void SetTimer()
    {
        var at = LookAgainAt();
        if (at == _timerAt) return;
        _timerAt = at;
        if (at is not { } due) return;
        _timer ??= limiter.Clock.CreateTimer(static bucket => ((LimitBucket)bucket!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling((due - limiter.Now).TotalMilliseconds));
        _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Limiter.LongestTimer ? Limiter.LongestTimer : wait, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (limiter.Gate)
        {
            _timerAt = null;
            if (_share is not null)
            {
                _share.AskAgainAt = null;
                NoteIf(_isWaiting.Count > 0);
            }

            Pass();
        }
    }
}

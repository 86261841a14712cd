namespace Jobs.Core;

/// <summary>
/// Who has how much of one limit: what may run by what was granted is never more than the limit. Pure; one thread at a time. Those who wait
/// get what becomes free in turn; what they do not come for at once stays theirs until <see cref="Quiet"/> says that they are silent.
/// </summary>
/// <param name="knownSince">Since when starts are counted: before that, nobody knows what has started.</param>
internal sealed class LimitLedger(DateTimeOffset knownSince)
{
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private StoredLimit? _limit;

    /// <summary>Whoever holds something, or waits.</summary>
    internal IEnumerable<string> Members => _accounts.Values.SelectMany(a => a.Granted.Keys.Concat(a.Waiting)).Distinct();

    /// <summary>How many jobs of a key may run by what was granted.</summary>
    internal int GrantedOf(string key) => _accounts.TryGetValue(key, out var account) ? account.Granted.Values.Sum() : 0;

    /// <summary>Takes note of what somebody holds already, from before this ledger was made.</summary>
    internal void Learn(StoredLimit limit, string member, IEnumerable<LimitUse> uses)
    {
        foreach (var use in uses)
        {
            if (use.Held > 0) AccountOf(limit, use.Key).Granted[member] = use.Held;
        }
    }

    /// <summary>Answers what somebody has and wants.</summary>
    /// <param name="limit">The limit as it is now.</param>
    /// <param name="member">Who.</param>
    /// <param name="use">What it has and wants.</param>
    /// <param name="now">The time.</param>
    /// <param name="tell">Gets those who should report soon: they can have something, or others wait for what they have.</param>
    internal LimitGrant Report(StoredLimit limit, string member, LimitUse use, DateTimeOffset now, ISet<string> tell)
    {
        var account = AccountOf(limit, use.Key);
        account.Tokens = account.Tokens?.Advance(now).Take(-use.Returned).Advance(now);
        account.Hold(member, use.Held);
        var (granted, tokens) = Grant(limit.Limit, account, member, use);
        account.Hold(member, use.Held + granted);
        var free = Free(limit.Limit, account);
        var isContended = free < 0 || account.Waiting.Exists(waiting => waiting != member);
        if (isContended) account.Told.Add(member);
        else account.Told.Remove(member);
        foreach (var next in account.Waiting.Take(Math.Max(0, Math.Min(free, account.Tokens?.Tokens ?? free)))) tell.Add(next);
        if (account.Waiting.Count > 0 && free <= 0) tell.UnionWith(account.Granted.Keys.Where(account.Told.Add));
        tell.Remove(member);
        var askAgain = free > 0 ? account.TokenFor(member) : null;
        var grant = new LimitGrant(use.Key, use.Held + granted, tokens, isContended, askAgain);
        Drop(use.Key, account);
        return grant;
    }

    /// <summary>Takes back everything from somebody who is gone, and returns who waits for it.</summary>
    internal IReadOnlyCollection<string> Gone(string member) => Remove(member, isGone: true);

    /// <summary>Gives the turn of somebody who waits and is silent to the others, and returns them.</summary>
    internal IReadOnlyCollection<string> Quiet(string member) => Remove(member, isGone: false);

    private static int Free(RunLimit limit, Account account) => (limit.MaxRunning ?? int.MaxValue) - account.Granted.Values.Sum();

    /// <summary>How many more the member may start, and how many further tokens that takes: those before it in the line come first.</summary>
    private static (int Granted, int Tokens) Grant(RunLimit limit, Account account, string member, LimitUse use)
    {
        account.Waiting.RemoveAll(waiting => waiting == member && use.Wanted == 0);
        if (use.Wanted == 0) return (0, 0);
        if (!account.Waiting.Contains(member)) account.Waiting.Add(member);
        var ahead = account.Waiting.IndexOf(member);
        var room = Math.Min(use.Wanted, Free(limit, account) - ahead);
        if (account.Tokens is { } bucket) room = Math.Min(room, use.Tokens + Math.Max(0, bucket.Tokens - ahead));
        if (room <= 0) return (0, 0);
        account.Waiting.RemoveAt(ahead);
        if (room < use.Wanted) account.Waiting.Add(member);
        var tokens = account.Tokens is null ? 0 : Math.Max(0, room - use.Tokens);
        account.Tokens = account.Tokens?.Take(tokens);
        return (limit.MaxRunning is null ? 0 : room, tokens);
    }

    private Account AccountOf(StoredLimit limit, string key)
    {
        if (!ReferenceEquals(limit, _limit)) Change(limit);
        if (_accounts.TryGetValue(key, out var account)) return account;
        account = new Account { Tokens = limit.Limit.Rate is { } rate ? New(limit, rate) : null };
        _accounts.Add(key, account);
        return account;
    }

    private void Change(StoredLimit limit)
    {
        _limit = limit;
        foreach (var account in _accounts.Values)
        {
            account.Tokens = limit.Limit.Rate is not { } rate ? null : account.Tokens is { } known ? known.Under(rate) : New(limit, rate);
        }
    }

    private TokenBucket New(StoredLimit limit, RunRate rate) =>
        limit.Since >= knownSince ? TokenBucket.Full(rate, knownSince) : TokenBucket.Empty(rate, knownSince);

    private HashSet<string> Remove(string member, bool isGone)
    {
        var tell = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, account) in _accounts.ToList())
        {
            var hadSome = isGone && account.Granted.Remove(member);
            if (!account.Waiting.Remove(member) && !hadSome) continue;
            account.Told.Remove(member);
            tell.UnionWith(account.Waiting);
            Drop(key, account);
        }

        return tell;
    }

    /// <summary>Forgets what says nothing, because there may be an account for every key that ever was.</summary>
    private void Drop(string key, Account account)
    {
        if (account.Granted.Count == 0 && account.Waiting.Count == 0 && account.Tokens?.IsFull != false) _accounts.Remove(key);
    }

    private sealed class Account
    {
        internal Dictionary<string, int> Granted { get; } = new(StringComparer.Ordinal);

        internal List<string> Waiting { get; } = [];

        /// <summary>Those who know that others wait, and so give back what becomes free.</summary>
        internal HashSet<string> Told { get; } = new(StringComparer.Ordinal);

        internal TokenBucket? Tokens { get; set; }

        /// <summary>When somebody who waits for a token has one; null if it waits for something else.</summary>
        internal DateTimeOffset? TokenFor(string member) =>
            Waiting.IndexOf(member) is >= 0 and var place && Tokens is { } bucket && bucket.Tokens <= place ? bucket.When(place + 1) : null;

        internal void Hold(string member, int jobs)
        {
            if (jobs > 0) Granted[member] = jobs;
            else Granted.Remove(member);
        }
    }
}

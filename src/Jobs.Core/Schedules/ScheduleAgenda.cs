namespace Jobs.Core;

/// <summary>Which schedules there are, and when to look at each; not safe for many threads.</summary>
internal sealed class ScheduleAgenda
{
    private readonly Dictionary<ScheduleId, Entry> _entries = [];
    private readonly SortedSet<(DateTimeOffset Due, ScheduleId Id)> _due = [];
    private readonly HashSet<ScheduleId> _unsettled = [];

    /// <summary>When the next one is to be looked at.</summary>
    internal DateTimeOffset? NextDue => _due.Count == 0 ? null : _due.Min.Due;

    /// <summary>True while nobody knows of some schedule whether what is due has its job.</summary>
    internal bool HasUnsettled => _unsettled.Count > 0;

    /// <summary>True if the schedule is known in another version, or not at all.</summary>
    internal bool IsNews(ScheduleId id, long version) => !_entries.TryGetValue(id, out var entry) || entry.Version != version;

    /// <summary>How often this process has written a schedule: whoever has read it before goes by what is old.</summary>
    internal long WritesOf(ScheduleId id) => _entries.GetValueOrDefault(id)?.Writes ?? 0;

    /// <summary>Notes that this process has written a schedule.</summary>
    internal void Written(ScheduleId id) => Take(id).Writes++;

    /// <summary>Remembers when to look at a schedule; null for not before it changes.</summary>
    internal void Keep(ScheduleId id, long version, DateTimeOffset? due)
    {
        var entry = Take(id);
        entry.Version = version;
        entry.Failures = 0;
        _unsettled.Remove(id);
        Move(id, entry, due);
    }

    /// <summary>Remembers that looking at a schedule failed, and returns how often it did in a row.</summary>
    internal int Fail(ScheduleId id, bool isSettled)
    {
        if (isSettled) _unsettled.Remove(id);
        else _unsettled.Add(id);
        return ++Take(id).Failures;
    }

    internal void Postpone(ScheduleId id, DateTimeOffset due) => Move(id, Take(id), due);

    internal void Forget(ScheduleId id)
    {
        _unsettled.Remove(id);
        if (_entries.Remove(id, out var entry) && entry.Due is { } due) _due.Remove((due, id));
    }

    internal void ForgetAllBut(IReadOnlyDictionary<ScheduleId, long> there, IReadOnlySet<ScheduleId> fresh)
    {
        foreach (var id in _entries.Keys.Where(id => !there.ContainsKey(id) && !fresh.Contains(id)).ToList()) Forget(id);
    }

    /// <summary>Those that are to be looked at by a time, the earliest first.</summary>
    internal List<ScheduleId> Due(DateTimeOffset now, int max)
    {
        var due = new List<ScheduleId>();
        foreach (var (time, id) in _due)
        {
            if (time > now || due.Count == max) break;
            due.Add(id);
        }

        return due;
    }

    /// <summary>Has every schedule looked at that waits for a time.</summary>
    internal void WakeAll(DateTimeOffset now)
    {
        foreach (var (id, entry) in _entries.Where(e => e.Value.Due > now).ToList()) Move(id, entry, now);
    }

    /// <summary>What this node goes by for a schedule that fires on every node.</summary>
    internal ScheduleRecord? OwnOf(ScheduleId id) => _entries.GetValueOrDefault(id)?.Own;

    internal void SetOwn(ScheduleRecord own) => Take(own.Id).Own = own;

    private Entry Take(ScheduleId id)
    {
        if (!_entries.TryGetValue(id, out var entry)) _entries.Add(id, entry = new Entry());
        return entry;
    }

    private void Move(ScheduleId id, Entry entry, DateTimeOffset? due)
    {
        if (entry.Due == due) return;
        if (entry.Due is { } before) _due.Remove((before, id));
        entry.Due = due;
        if (due is { } time) _due.Add((time, id));
    }

    private sealed class Entry
    {
        internal long Version { get; set; }

        internal DateTimeOffset? Due { get; set; }

        internal int Failures { get; set; }

        internal long Writes { get; set; }

        internal ScheduleRecord? Own { get; set; }
    }
}

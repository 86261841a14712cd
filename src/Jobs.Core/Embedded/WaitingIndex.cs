namespace Jobs.Core;

/// <summary>
/// The waiting jobs of one partition in the orders that pages are read in. Built when the first page is asked for: a partition that
/// always fits its window never pays for it.
/// </summary>
internal sealed class WaitingIndex
{
    private static readonly IComparer<(OrderKey Key, JobRecord Job)> ByKey =
        Comparer<(OrderKey Key, JobRecord Job)>.Create((a, b) => a.Key.CompareTo(b.Key));

    private readonly SortedSet<(OrderKey Key, JobRecord Job)> _due = new(ByKey);
    private readonly Dictionary<string, SortedSet<(OrderKey Key, JobRecord Job)>> _ready = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Task, string Key), SortedSet<(OrderKey Key, JobRecord Job)>> _limited = [];
    private readonly Dictionary<string, SortedSet<(OrderKey Key, JobRecord Job)>> _groups = new(StringComparer.Ordinal);
    private DateTimeOffset _asOf = DateTimeOffset.MinValue;

    internal WaitingIndex(IEnumerable<JobRecord> jobs, PollStrategy strategy)
    {
        Strategy = strategy;
        foreach (var job in jobs) Add(job);
    }

    internal PollStrategy Strategy { get; }

    internal void Add(JobRecord job)
    {
        if (job.State is JobState.Running) return;
        if (job.State is not JobState.Pending) _due.Add((OrderKey.Due(job), job));
        if (IsReady(job)) AddReady(job);
    }

    internal void Remove(JobRecord job)
    {
        _due.Remove((OrderKey.Due(job), job));
        if (!_ready.TryGetValue(job.Terms.Task, out var ready) || !ready.Remove((OrderKey.Ready(job, Strategy), job))) return;
        if (job.Terms.LimitKey is { } limitKey && _limited.TryGetValue((job.Terms.Task, limitKey), out var limited))
        {
            limited.Remove((OrderKey.Ready(job, Strategy), job));
            if (limited.Count == 0) _limited.Remove((job.Terms.Task, limitKey));
        }

        if (job.Terms.GroupKey is not { } key || !_groups.TryGetValue(key, out var group)) return;
        group.Remove((OrderKey.Group(job), job));
        if (group.Count == 0) _groups.Remove(key);
    }

    internal IReadOnlyList<JobRecord> Page(PageRequest request)
    {
        Advance(request.AsOf);
        var (order, headsOnly) = request.Kind switch
        {
            PageKind.Due => (_due, false),
            PageKind.Ready => (_ready.GetValueOrDefault(request.Name), true),
            PageKind.Limited => (_limited.GetValueOrDefault((request.Name, request.LimitKey!)), true),
            _ => (_groups.GetValueOrDefault(request.Name), false),
        };
        if (order is null || order.Count == 0) return [];
        var page = new List<JobRecord>(Math.Min(request.MaxJobs, order.Count));
        foreach (var (key, job) in From(order, request.From))
        {
            if (headsOnly && !IsHead(job)) continue;
            page.Add(job);
            if (page.Count == request.MaxJobs) break;
        }

        return page;
    }

    private static SortedSet<(OrderKey Key, JobRecord Job)> From(SortedSet<(OrderKey Key, JobRecord Job)> order, OrderKey from) =>
        from <= order.Min.Key ? order : order.GetViewBetween((from, null!), (new OrderKey(long.MaxValue, long.MaxValue, long.MaxValue), null!));

    private bool IsReady(JobRecord job) => job.State is JobState.Pending || job.RunAt <= _asOf;

    private bool IsHead(JobRecord job) => job.Terms.GroupKey is not { } key || ReferenceEquals(_groups[key].Min.Job, job);

    private void AddReady(JobRecord job)
    {
        if (!_ready.TryGetValue(job.Terms.Task, out var ready)) _ready.Add(job.Terms.Task, ready = new(ByKey));
        ready.Add((OrderKey.Ready(job, Strategy), job));
        if (job.Terms.LimitKey is { } limitKey)
        {
            if (!_limited.TryGetValue((job.Terms.Task, limitKey), out var limited)) _limited.Add((job.Terms.Task, limitKey), limited = new(ByKey));
            limited.Add((OrderKey.Ready(job, Strategy), job));
        }

        if (job.Terms.GroupKey is not { } key) return;
        if (!_groups.TryGetValue(key, out var group)) _groups.Add(key, group = new(ByKey));
        group.Add((OrderKey.Group(job), job));
    }

    /// <summary>Adds what has become due since the last page to its lane.</summary>
    private void Advance(DateTimeOffset asOf)
    {
        if (asOf <= _asOf) return;
        var from = OrderKey.First with { Major = _asOf.UtcTicks + 1 };
        _asOf = asOf;
        if (_due.Count == 0) return;
        foreach (var (_, job) in From(_due, from))
        {
            if (!IsReady(job)) break;
            AddReady(job);
        }
    }
}

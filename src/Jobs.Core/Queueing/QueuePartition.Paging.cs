namespace Jobs.Core;

/// <content>Brings in from the store what the window has no room for (rule I10).</content>
public sealed partial class QueuePartition
{
    private readonly PageNotes _notes = new();
    private bool _takingPage;

    /// <summary>The next page that is wanted; null if none is. The caller reads it and calls <see cref="PageLoaded"/> or <see cref="PageFailed"/>.</summary>
    public PageRequest? NextPage(DateTimeOffset now)
    {
        if (_due.WantsPage) return Begin(PageKind.Due, "", _due, now);
        foreach (var (task, lane) in _lanes)
        {
            if (lane.WantsPage) return Begin(PageKind.Ready, task, lane, now);
        }

        if (_linesToLoad.Count > 0 && NextPageOfLines(now) is { } page) return page;
        foreach (var group in _groupsToLoad)
        {
            _groupsToLoad.Remove(group);
            group.Loading = true;
            var jobs = Math.Max(1, _limits.WindowGroupJobs / 2);
            return new PageRequest(Key, PageKind.Group, group.Key, group.Bound!.Value, jobs, _strategy, now) { Number = _notes.Begin() };
        }

        return null;
    }

    /// <summary>Takes in a page.</summary>
    public void PageLoaded(PageRequest request, IReadOnlyList<JobRecord> jobs, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(jobs);
        OrderKey? last = jobs.Count >= request.MaxJobs ? request.KeyOf(jobs[^1]) : null;
        _takingPage = true;
        foreach (var job in jobs) TakeFromPage(request, job, now);
        _takingPage = false;
        _notes.End(request.Number);
        switch (request.Kind)
        {
            case PageKind.Due:
                _due.EndLoading(last);
                Trim(_due);
                break;
            case PageKind.Ready:
                NoteLanePage();
                Lane(request.Name).EndLoading(last);
                Trim(Lane(request.Name));
                break;
            case PageKind.Limited:
                NoteLanePage();
                EndLineLoading(request, last, failed: false);
                break;
            default:
                EndGroupLoading(request.Name, last?.Successor);
                break;
        }
    }

    /// <summary>Takes note that a job is being put in, for a page that is about to be taken in: it comes by <see cref="Inserted"/>, not by the page.</summary>
    internal void Enters(JobId id) => _notes.Changed(id);

    /// <summary>Takes note that a page could not be read; it is asked for again.</summary>
    public void PageFailed(PageRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        _notes.End(request.Number);
        if (request.Kind is PageKind.Due) _due.AbortLoading();
        else if (request.Kind is PageKind.Ready) Lane(request.Name).AbortLoading();
        else if (request.Kind is PageKind.Limited) EndLineLoading(request, null, failed: true);
        else EndGroupLoading(request.Name, request.From);
    }

    private void NoteLanePage()
    {
        _lanePages++;
        _lanePageSequence = Interlocked.Read(ref _sequence);
    }

    private PageRequest Begin(PageKind kind, string name, JobWindow window, DateTimeOffset now) =>
        new(Key, kind, name, window.BeginLoading(), window.PageJobs, _strategy, now) { Number = _notes.Begin() };

    private void TakeFromPage(PageRequest request, JobRecord job, DateTimeOffset now)
    {
        if (_notes.HasChanged(job.Id, request.Number)) return;
        if (!_entries.TryGetValue(job.Id, out var present))
        {
            PlaceFromPage(request, job, now);
        }
        else if (present.Staged is { IsFromStore: true } staged)
        {
            // The page does not show who comes behind it in its group, and no other page will.
            staged.Paged = job;
            if (request.Kind is PageKind.Ready or PageKind.Limited) SeekHeirs(job);
        }
    }

    private void PlaceFromPage(PageRequest request, JobRecord job, DateTimeOffset now)
    {
        var entry = new JobEntry(job);
        _entries.Add(job.Id, entry);
        if (request.Kind is PageKind.Ready or PageKind.Limited && job.Terms.GroupKey is { } key && !_groups.ContainsKey(key)
            && !_notes.WasDropped(key, request.Number))
        {
            // The page says it comes first of its group; the others are looked for when its turn is over.
            var group = new JobGroup(key) { Active = entry, Bound = OrderKey.Group(job).Successor };
            _groups.Add(key, group);
            entry.Group = group;
        }

        Place(entry, now);
    }

    private void EndGroupLoading(string key, OrderKey? bound)
    {
        var group = _groups[key];
        group.Loading = false;
        group.Bound = group.Refused is { } refused && !(bound <= refused) ? refused : bound;
        group.Refused = null;
        TrimGroup(group);
        if (group.Active is null) NextOfGroup(group);
    }

    private void Trim(JobWindow window)
    {
        foreach (var overflow in window.TakeOverflow(IsPinned)) Forget(overflow);
    }
}

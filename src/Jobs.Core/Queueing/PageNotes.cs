namespace Jobs.Core;

/// <summary>
/// What has changed since a page was asked for: the page may have been read before, so what it says of these is out of date. Kept only
/// while an older page is under way.
/// </summary>
internal sealed class PageNotes
{
    private readonly SortedSet<long> _underWay = [];
    private readonly Dictionary<(JobId Job, string? Group), long> _latest = [];
    private readonly Queue<(long Number, (JobId Job, string? Group) What)> _inOrder = new();
    private long _number;

    /// <summary>How many notes are kept.</summary>
    internal int Count => _inOrder.Count;

    /// <summary>Begins a page, and returns the number to ask and to end with.</summary>
    internal long Begin()
    {
        _underWay.Add(++_number);
        return _number;
    }

    internal void End(long page)
    {
        _underWay.Remove(page);
        while (_inOrder.TryPeek(out var oldest) && (_underWay.Count == 0 || oldest.Number < _underWay.Min))
        {
            _inOrder.Dequeue();
            if (_latest[oldest.What] == oldest.Number) _latest.Remove(oldest.What);
        }
    }

    /// <summary>A change of the job was committed.</summary>
    internal void Changed(JobId job) => Note((job, null));

    /// <summary>The group was dropped from the window: who comes first of it is known to the store only.</summary>
    internal void Dropped(string group) => Note((default, group));

    internal bool HasChanged(JobId job, long since) => _latest.TryGetValue((job, null), out var number) && number > since;

    internal bool WasDropped(string group, long since) => _latest.TryGetValue((default, group), out var number) && number > since;

    private void Note((JobId, string?) what)
    {
        if (_underWay.Count == 0) return;
        _latest[what] = ++_number;
        _inOrder.Enqueue((_number, what));
    }
}

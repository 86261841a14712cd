namespace Jobs.Core;

/// <summary>
/// The first part of an order that lies in the store: every job whose key is before the bound is here, the others are paged in.
/// </summary>
/// <remarks>
/// Jobs behind the bound may be here too, taken in while a page was read; they are not handed out before the bound has passed them,
/// because the store may hold others that come first.
/// </remarks>
internal sealed class JobWindow(int maxJobs, long maxPayloadBytes)
{
    /// <summary>A page for which workers wait is a short one, which is there soon; the next one is read while they work.</summary>
    private const int AwaitedPageJobs = 512;

    private OrderKey? _refusedWhileLoading;

    internal EntryHeap Heap { get; } = new();

    /// <summary>The first key that need not be here; null if everything is here.</summary>
    internal OrderKey? Bound { get; private set; }

    internal bool Loading { get; private set; }

    /// <summary>How many jobs a page asks for, so that it fits behind what is left.</summary>
    internal int PageJobs => Math.Max(1, First() is null ? Math.Min(AwaitedPageJobs, maxJobs / 2) : maxJobs / 2);

    /// <summary>True if the store has more and the window runs low.</summary>
    internal bool WantsPage => Bound is not null && !Loading && (Heap.Count <= maxJobs / 4 || First() is null);

    private bool TooFull => Heap.Count > maxJobs || (Heap.PayloadBytes > maxPayloadBytes && Heap.Count > 1);

    /// <summary>The first job, if the store cannot hold one that comes before it.</summary>
    internal JobEntry? First()
    {
        var head = Heap.Peek();
        return head is null || (Bound is { } bound && head.Key >= bound) ? null : head;
    }

    /// <summary>Whether a committed job with this key belongs here; if not, the store keeps it for a later page.</summary>
    internal bool Admits(OrderKey key)
    {
        if (!Loading) return Bound is not { } bound || key < bound;

        // The page under way may have been read before this job was committed, so it is taken, or the bound will stop before it.
        if (Heap.Count < 2 * maxJobs && !(_refusedWhileLoading is { } refused && key >= refused)) return true;
        _refusedWhileLoading = _refusedWhileLoading is { } least && least <= key ? least : key;
        return false;
    }

    /// <summary>Takes note that jobs from this place on may be in the store only.</summary>
    internal void MarkPartial(OrderKey from)
    {
        if (Bound is not { } bound || from < bound) Bound = from;
    }

    internal OrderKey BeginLoading()
    {
        Invariant.Holds(Bound is not null && !Loading, "a page is loaded for a window that lacks something, one page at a time");
        Loading = true;
        _refusedWhileLoading = null;
        return Bound!.Value;
    }

    /// <summary>Takes note of where the page ended: at <paramref name="last"/> if it was full; if it was not, there is no more.</summary>
    internal void EndLoading(OrderKey? last)
    {
        Loading = false;
        Bound = last?.Successor;
        if (_refusedWhileLoading is { } refused) MarkPartial(refused);
    }

    /// <summary>Takes note that there is no page; what found no room in the meantime is in the store only.</summary>
    internal void AbortLoading()
    {
        Loading = false;
        if (_refusedWhileLoading is { } refused) MarkPartial(refused);
    }

    /// <summary>Takes out what is too much, the last by key first; the bound moves to the first of them.</summary>
    internal IReadOnlyList<JobEntry> TakeOverflow(Func<JobEntry, bool> isPinned)
    {
        if (Loading || !TooFull) return [];
        var overflow = Heap.TrimTo(Math.Max(1, Math.Min(Heap.Count, maxJobs) / 2));
        foreach (var entry in overflow.Where(isPinned)) Heap.Push(entry, entry.Key);
        overflow.RemoveAll(entry => entry.Heap is not null);
        foreach (var entry in overflow) MarkPartial(entry.Key);
        return overflow;
    }
}

namespace Jobs.Core;

/// <summary>A binary heap of entries, least key first, that can also remove any entry it holds.</summary>
internal sealed class EntryHeap
{
    private JobEntry[] _items = new JobEntry[4];

    internal int Count { get; private set; }

    internal long PayloadBytes { get; private set; }

    internal JobEntry? Peek() => Count == 0 ? null : _items[0];

    internal void Push(JobEntry entry, OrderKey key)
    {
        Invariant.Holds(entry.Heap is null, "an entry is in one heap at most");
        if (Count == _items.Length) Array.Resize(ref _items, Count * 2);
        entry.Key = key;
        entry.Heap = this;
        PayloadBytes += entry.Job.Payload.Length;
        SiftUp(Count++, entry);
    }

    internal JobEntry Pop()
    {
        var first = _items[0];
        Remove(first);
        return first;
    }

    internal void Remove(JobEntry entry)
    {
        Invariant.Holds(ReferenceEquals(entry.Heap, this), "an entry is removed from the heap that holds it");
        var index = entry.HeapIndex;
        entry.Heap = null;
        entry.HeapIndex = -1;
        PayloadBytes -= entry.Job.Payload.Length;
        var last = _items[--Count];
        _items[Count] = null!;
        if (ReferenceEquals(last, entry)) return;
        if (index > 0 && last.Key < _items[(index - 1) / 2].Key) SiftUp(index, last);
        else SiftDown(index, last);
    }

    /// <summary>Keeps the first <paramref name="keep"/> entries by key and hands back the others, in no order.</summary>
    internal List<JobEntry> TrimTo(int keep)
    {
        Array.Sort(_items, 0, Count, Comparer<JobEntry>.Create((a, b) => a.Key.CompareTo(b.Key)));
        var trimmed = new List<JobEntry>(Count - keep);
        for (var i = 0; i < Count; i++)
        {
            if (i < keep)
            {
                _items[i].HeapIndex = i;
                continue;
            }

            trimmed.Add(_items[i]);
            _items[i].Heap = null;
            _items[i].HeapIndex = -1;
            PayloadBytes -= _items[i].Job.Payload.Length;
            _items[i] = null!;
        }

        Count = keep;
        return trimmed;
    }

    internal IEnumerable<JobEntry> All() => _items.Take(Count);

    private void SiftUp(int index, JobEntry entry)
    {
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (_items[parent].Key <= entry.Key) break;
            Place(index, _items[parent]);
            index = parent;
        }

        Place(index, entry);
    }

    private void SiftDown(int index, JobEntry entry)
    {
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= Count) break;
            if (child + 1 < Count && _items[child + 1].Key < _items[child].Key) child++;
            if (entry.Key <= _items[child].Key) break;
            Place(index, _items[child]);
            index = child;
        }

        Place(index, entry);
    }

    private void Place(int index, JobEntry entry)
    {
        _items[index] = entry;
        entry.HeapIndex = index;
    }
}

namespace Jobs.Conformance;

/// <summary>What happened, in order, for tests that wait until enough has.</summary>
public sealed class Recording<T>
{
    private readonly Lock _gate = new();
    private readonly List<T> _items = [];
    private readonly List<(int Count, TaskCompletionSource<IReadOnlyList<T>> Source)> _waiting = [];

    public IReadOnlyList<T> Items
    {
        get
        {
            lock (_gate) return [.. _items];
        }
    }

    public void Add(T item)
    {
        lock (_gate)
        {
            _items.Add(item);
            foreach (var (_, source) in _waiting.Where(w => w.Count == _items.Count)) source.TrySetResult([.. _items]);
        }
    }

    /// <summary>The items, once there are so many.</summary>
    public Task<IReadOnlyList<T>> Reaches(int count)
    {
        lock (_gate)
        {
            if (_items.Count >= count) return Task.FromResult<IReadOnlyList<T>>([.. _items]);
            var source = new TaskCompletionSource<IReadOnlyList<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, source));
            return source.Task;
        }
    }
}

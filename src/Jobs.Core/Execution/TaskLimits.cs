using System.Collections.Concurrent;

namespace Jobs.Core;

/// <summary>How many jobs of each task run in this process, whatever queues they are on, held against <see cref="TaskOptions.MaxConcurrency"/>.</summary>
internal sealed class TaskLimits(TaskRegistry registry)
{
    private readonly ConcurrentDictionary<string, Slots> _slots = new(StringComparer.Ordinal);

    /// <summary>Aliases that were met, so that a slot is given back where it was taken, wherever the handler is by then.</summary>
    private readonly ConcurrentDictionary<string, string> _aliases = new(StringComparer.Ordinal);

    /// <summary>Takes a slot of the task; false if all are used. A task without a limit has always one.</summary>
    internal bool TryTake(string task)
    {
        if (LimitOf(ref task) is { } max) return _slots.GetOrAdd(task, static _ => new Slots()).TryTake(max);

        // Its handler may be away for a moment; what is given back later must have been taken, or it would be another job's.
        return !_slots.TryGetValue(task, out var slots) || slots.TryTake(int.MaxValue);
    }

    /// <summary>Whether the task has a limit, under any of its names.</summary>
    internal bool IsLimited(string task) => registry.Find(task)?.Task.Options.MaxConcurrency is not null;

    /// <summary>Whether the task has a free slot now.</summary>
    internal bool HasRoom(string task) => LimitOf(ref task) is not { } max || !_slots.TryGetValue(task, out var slots) || slots.Used < max;

    /// <summary>Gives a slot back; true if the task has a limit, so that others may have waited for it.</summary>
    internal bool Release(string task)
    {
        if (_slots.IsEmpty || !_slots.TryGetValue(_aliases.GetValueOrDefault(task, task), out var slots)) return false;
        slots.Release();
        return true;
    }

    private int? LimitOf(ref string task)
    {
        var registered = registry.Find(task)?.Task;
        if (registered is not null && registered.Name != task) _aliases[task] = registered.Name;
        task = _aliases.GetValueOrDefault(task, task);
        return registered?.Options.MaxConcurrency;
    }

    private sealed class Slots
    {
        private int _used;

        internal int Used => Volatile.Read(ref _used);

        internal bool TryTake(int max)
        {
            while (true)
            {
                var used = Volatile.Read(ref _used);
                if (used >= max) return false;
                if (Interlocked.CompareExchange(ref _used, used + 1, used) == used) return true;
            }
        }

        internal void Release()
        {
            // A job that was handed out before its task was given a limit took no slot.
            if (Interlocked.Decrement(ref _used) < 0) Interlocked.Increment(ref _used);
        }
    }
}

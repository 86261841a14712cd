using System.Collections.Concurrent;

namespace Jobs.Core;

/// <summary>The limits of one moment, made for being asked about each job that is to be handed out.</summary>
internal sealed class LimitView(IReadOnlyList<StoredLimit> limits, TaskRegistry registry)
{
    private readonly ConcurrentDictionary<(QueueName Queue, string Task), StoredLimit[]> _ofTasks = new();

    /// <summary>No limits.</summary>
    internal static LimitView None { get; } = new([], new TaskRegistry(DuplicateRegistration.Throw, JsonPayloadCodec.Default));

    internal bool IsEmpty => limits.Count == 0;

    internal IReadOnlyList<StoredLimit> All => limits;

    /// <summary>
    /// The limits that hold for jobs of a task on a queue. Those that count each key on its own come first: what they hold back concerns
    /// that key only, and the others need not be asked then.
    /// </summary>
    internal StoredLimit[] Of(QueueName queue, string task) => IsEmpty ? [] : _ofTasks.GetOrAdd((queue, task), static (of, view) => view.Find(of), this);

    private StoredLimit[] Find((QueueName Queue, string Task) of) =>
    [
        .. limits.Where(l => (l.Limit.Queue is null || l.Limit.Queue == of.Queue) && (l.Limit.Task is null || IsNameOf(l.Limit.Task, of.Task)))
            .OrderBy(l => !l.Limit.PerKey).ThenBy(l => l.Limit.Name, StringComparer.Ordinal),
    ];

    private bool IsNameOf(string limited, string task) => limited == task || registry.Find(task)?.Task.IsKnownAs(limited) == true;
}

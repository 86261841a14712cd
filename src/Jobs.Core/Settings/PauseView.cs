using System.Collections.Frozen;

namespace Jobs.Core;

/// <summary>What is paused at one moment, made for being asked about each job that is to be handed out.</summary>
internal sealed class PauseView
{
    private readonly FrozenSet<string> _queues;
    private readonly FrozenSet<string> _tasks;

    internal PauseView(IReadOnlyList<StoredSetting> settings)
    {
        _queues = NamesOf(settings, SettingKinds.PausedQueue);
        _tasks = NamesOf(settings, SettingKinds.PausedTask);
    }

    /// <summary>Nothing is paused.</summary>
    internal static PauseView None { get; } = new([]);

    /// <summary>Whether jobs of a task must not be started on a queue now.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="task">The name that the job is stored under.</param>
    /// <param name="registry">Tells which names are one task.</param>
    internal bool Stops(QueueName queue, string task, TaskRegistry registry)
    {
        if (_queues.Count > 0 && _queues.Contains(queue.Value)) return true;
        if (_tasks.Count == 0) return false;
        return _tasks.Contains(task) || (registry.Find(task)?.Task is { } known && _tasks.Any(known.IsKnownAs));
    }

    internal static Pause ToPause(StoredSetting setting) => new()
    {
        Target = setting.Kind == SettingKinds.PausedQueue ? PauseTarget.Queue(setting.Name) : PauseTarget.Task(setting.Name),
        Since = setting.ChangedAt,
        By = setting.ChangedBy,
        Reason = setting.Value,
    };

    internal static string KindOf(PauseTarget target) => target.Kind is PauseKind.Queue ? SettingKinds.PausedQueue : SettingKinds.PausedTask;

    internal static bool IsPause(StoredSetting setting) => setting.Kind is SettingKinds.PausedQueue or SettingKinds.PausedTask;

    private static FrozenSet<string> NamesOf(IReadOnlyList<StoredSetting> settings, string kind) =>
        settings.Where(s => s.Kind == kind).Select(s => s.Name).ToFrozenSet(StringComparer.Ordinal);
}

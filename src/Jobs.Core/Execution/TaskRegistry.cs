using System.Collections.Frozen;

namespace Jobs.Core;

/// <summary>The handlers of this process; changes while it runs are seen by the next job that is handed out.</summary>
public sealed class TaskRegistry : ITaskRegistry
{
    private readonly Lock _gate = new();
    private readonly DuplicateRegistration _onDuplicate;
    private FrozenDictionary<string, TaskRegistration> _tasks = FrozenDictionary<string, TaskRegistration>.Empty;

    /// <summary>Makes an empty registry.</summary>
    public TaskRegistry(DuplicateRegistration onDuplicate, IPayloadCodec codec)
    {
        _onDuplicate = onDuplicate;
        Codec = codec;
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => _tasks.Keys;

    /// <inheritdoc/>
    public IPayloadCodec Codec { get; }

    /// <summary>Every registration.</summary>
    public IReadOnlyCollection<TaskRegistration> All => _tasks.Values;

    /// <summary>Raised after a change, outside any lock.</summary>
    internal event Action? Changed;

    /// <inheritdoc/>
    public void Add(TaskRegistration registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        var name = registration.Task.Name;
        if (registration.Task.Options.MaxConcurrency < 1)
            throw new InvalidJobOptionException(nameof(TaskOptions.MaxConcurrency), registration.Task.Options.MaxConcurrency, "use a positive number, or null");
        lock (_gate)
        {
            if (_onDuplicate is DuplicateRegistration.Throw && _tasks.ContainsKey(name)) throw new DuplicateTaskException(name);
            var tasks = new Dictionary<string, TaskRegistration>(_tasks, StringComparer.Ordinal) { [name] = registration };
            _tasks = tasks.ToFrozenDictionary(StringComparer.Ordinal);
        }

        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public bool Remove(string task)
    {
        lock (_gate)
        {
            if (!_tasks.ContainsKey(task)) return false;
            _tasks = _tasks.Where(pair => pair.Key != task).ToFrozenDictionary(StringComparer.Ordinal);
        }

        Changed?.Invoke();
        return true;
    }

    /// <summary>The registration of a task; null if there is none.</summary>
    public TaskRegistration? Find(string task) => _tasks.GetValueOrDefault(task);
}

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
    public IReadOnlyCollection<string> Names => [.. _tasks.Where(pair => pair.Key == pair.Value.Task.Name).Select(pair => pair.Key)];

    /// <inheritdoc/>
    public IPayloadCodec Codec { get; }

    /// <summary>Every registration.</summary>
    public IReadOnlyCollection<TaskRegistration> All => [.. _tasks.Values.Distinct()];

    /// <summary>The registrations by every name; another object after each change.</summary>
    internal IReadOnlyDictionary<string, TaskRegistration> Known => _tasks;

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
            if (_onDuplicate is DuplicateRegistration.Throw && _tasks.TryGetValue(name, out var same)) throw new DuplicateTaskException(name, same.Task.Name);
            var tasks = Without(name);
            foreach (var known in registration.Task.Options.Aliases.Prepend(name))
            {
                // Replacing is for a task's own handler; a name that another task has is a mistake under every policy.
                if (tasks.TryGetValue(known, out var other)) throw new DuplicateTaskException(known, other.Task.Name);
                tasks.Add(known, registration);
            }

            _tasks = tasks.ToFrozenDictionary(StringComparer.Ordinal);
        }

        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public bool Remove(string task)
    {
        lock (_gate)
        {
            var tasks = Without(task);
            if (tasks.Count == _tasks.Count) return false;
            _tasks = tasks.ToFrozenDictionary(StringComparer.Ordinal);
        }

        Changed?.Invoke();
        return true;
    }

    /// <summary>Has the handlers of another registry from now on, all at once.</summary>
    internal void ReplaceAll(TaskRegistry other)
    {
        lock (_gate) _tasks = other._tasks;
        Changed?.Invoke();
    }

    /// <summary>The registration of a task, by its name or an alias; null if there is none.</summary>
    public TaskRegistration? Find(string task) => _tasks.GetValueOrDefault(task);

    /// <summary>The table without a task and its aliases.</summary>
    private Dictionary<string, TaskRegistration> Without(string name) =>
        _tasks.Where(pair => pair.Value.Task.Name != name).ToDictionary(StringComparer.Ordinal);
}

namespace Jobs;

/// <summary>The handlers of a service. They can be added and removed at start and while it runs; running jobs are not disturbed.</summary>
public interface ITaskRegistry
{
    /// <summary>The names of the tasks that have a handler.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>The codec of tasks that name none.</summary>
    IPayloadCodec Codec { get; }

    /// <summary>Adds a handler.</summary>
    /// <exception cref="DuplicateTaskException">The task has one already, and the service does not replace.</exception>
    void Add(TaskRegistration registration);

    /// <summary>Removes a task's handler; its jobs wait from now on. False if there was none.</summary>
    bool Remove(string task);
}

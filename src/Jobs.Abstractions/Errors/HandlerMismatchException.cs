namespace Jobs;

/// <summary>A handler does not fit the task it was registered for.</summary>
public sealed class HandlerMismatchException(string task, Type handler, string reason)
    : JobsException($"{handler} cannot handle the task '{task}': {reason}.")
{
    /// <summary>The task's name.</summary>
    public string Task { get; } = task;

    /// <summary>The type of the handler.</summary>
    public Type Handler { get; } = handler;
}

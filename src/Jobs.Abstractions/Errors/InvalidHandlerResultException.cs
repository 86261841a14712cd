namespace Jobs;

/// <summary>A handler returned something that its task cannot take, such as null.</summary>
public sealed class InvalidHandlerResultException(string task, string reason)
    : JobsException($"The handler of '{task}' {reason}. Return a Task, a result or an outcome that the task can take, and never null.")
{
    /// <summary>The task's name.</summary>
    public string Task { get; } = task;

    /// <summary>What the handler did, after its name in a sentence.</summary>
    internal string Reason { get; } = reason;
}

namespace Jobs;

/// <summary>A handler returned something that its task cannot take, such as null.</summary>
public sealed class InvalidHandlerResultException(string task, string reason)
    : JobsException($"The handler of '{task}' {reason}.")
{
    /// <summary>The task's name.</summary>
    public string Task { get; } = task;
}

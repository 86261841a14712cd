namespace Jobs;

/// <summary>A task was asked to enqueue by itself, but belongs to no running service yet.</summary>
public sealed class TaskNotBoundException(string task)
    : JobsException($"The task '{task}' is not bound to a client. "
        + "Call BindTasks() where the service is configured and start it first, or enqueue through IJobClient.")
{
    /// <summary>The task's name.</summary>
    public string Task { get; } = task;
}

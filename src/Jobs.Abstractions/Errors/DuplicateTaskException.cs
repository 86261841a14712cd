namespace Jobs;

/// <summary>Two registrations claim the same task name, as their own or as an alias.</summary>
public sealed class DuplicateTaskException(string task, string? owner = null)
    : JobsException(owner is null || owner == task
        ? $"The task '{task}' is registered already. Give one of the two another name, or set DuplicateRegistration.Replace if the later one should win."
        : $"The task name '{task}' belongs to the task '{owner}' already, as its name or its alias. "
            + "Give one of the two another name, or remove the handler that the alias stands in for.")
{
    /// <summary>The task's name.</summary>
    public string Task { get; } = task;

    /// <summary>The task that has the name already.</summary>
    public string Owner { get; } = owner ?? task;
}

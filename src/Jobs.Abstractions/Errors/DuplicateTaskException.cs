namespace Jobs;

/// <summary>Two registrations claim the same task name.</summary>
public sealed class DuplicateTaskException(string task)
    : JobsException($"The task '{task}' is registered already. "
        + "Give one of the two another name, or set DuplicateRegistration.Replace if the later one should win.")
{
    /// <summary>The task's name.</summary>
    public string Task { get; } = task;
}

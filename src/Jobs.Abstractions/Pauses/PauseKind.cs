namespace Jobs;

/// <summary>What kind of thing is paused. Schedules have pauses of their own.</summary>
public enum PauseKind
{
    /// <summary>All jobs of a queue.</summary>
    Queue,

    /// <summary>All jobs of a task, on whatever queue they are.</summary>
    Task,
}

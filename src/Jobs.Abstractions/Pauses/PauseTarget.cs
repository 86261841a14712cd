namespace Jobs;

/// <summary>What is paused, or shall be: a queue, or a task on all queues.</summary>
public sealed record PauseTarget
{
    private PauseTarget(PauseKind kind, string name)
    {
        Kind = kind;
        Name = name;
    }

    /// <summary>Whether it is a queue or a task.</summary>
    public PauseKind Kind { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>A queue.</summary>
    public static PauseTarget Queue(QueueName queue) => new(PauseKind.Queue, queue.Value);

    /// <summary>A task by its name; what is stored under an alias of a task that has a handler is paused with it.</summary>
    /// <exception cref="InvalidNameException">No task can have this name.</exception>
    public static PauseTarget Task(string task) => new(PauseKind.Task, NameRules.Require(task, "task", NameRules.MaxTaskNameChars));

    /// <summary>A task.</summary>
    public static PauseTarget Task(TaskDefinition task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return new(PauseKind.Task, task.Name);
    }

    /// <summary>Kind and name, for people.</summary>
    public override string ToString() => Kind is PauseKind.Queue ? $"the queue '{Name}'" : $"the task '{Name}'";
}

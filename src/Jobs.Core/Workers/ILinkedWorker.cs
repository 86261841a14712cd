namespace Jobs.Core;

/// <summary>A worker of this process, as its links to partitions elsewhere see it. Safe for many threads.</summary>
internal interface ILinkedWorker
{
    /// <summary>False once the worker takes no more jobs.</summary>
    bool IsTaking { get; }

    /// <summary>How many slots it has, taken or free.</summary>
    int Concurrency { get; }

    /// <summary>Its jobs, whether they have begun or not.</summary>
    IReadOnlyList<RunningJob> Running { get; }

    /// <summary>The tasks it can run for partitions elsewhere.</summary>
    IReadOnlyCollection<string> OfferedTasks { get; }

    /// <summary>Those of its tasks that have a limit of their own.</summary>
    IEnumerable<string> LimitedTasks { get; }

    /// <summary>Takes up to so many free slots, and returns how many it took.</summary>
    int ReserveSlots(int wanted);

    /// <summary>Gives back slots that were taken and not used.</summary>
    void ReleaseSlots(int count);

    /// <summary>Takes up to so many slots of a task's own limit, and returns how many it took.</summary>
    int ReserveTask(string task, int wanted);

    /// <summary>Gives back slots of a task's own limit.</summary>
    void ReleaseTaskOnly(string task, int count);

    /// <summary>Starts jobs, each on a slot, and on one of its task, that was taken for it.</summary>
    void Start(IReadOnlyList<Assignment> assignments);
}

namespace Jobs.Core;

/// <summary>A worker as a partition sees it: a name, the tasks it can run, and free slots. Safe for many threads.</summary>
public interface IJobSink
{
    /// <summary>The worker's name, unique among living workers.</summary>
    string Worker { get; }

    /// <summary>The version of the worker's code; null if it is not known.</summary>
    string? CodeVersion => null;

    /// <summary>For how long it has each job it takes; null, the default, for a worker that has them for as long as it lives.</summary>
    TimeSpan? LeaseLength => null;

    /// <summary>
    /// For how long it may be silent before it counts as dead; null, the default, for a worker of whose death somebody tells. Starts of jobs for
    /// such a worker are written before it gets them.
    /// </summary>
    TimeSpan? Heartbeat => null;

    /// <summary>Whether the worker has a handler for the task.</summary>
    bool Supports(string task);

    /// <summary>Takes up to so many free slots, and returns how many it took.</summary>
    int ReserveSlots(int wanted);

    /// <summary>Gives back slots that were taken and not used.</summary>
    void ReleaseSlots(int count);

    /// <summary>
    /// Whether a slot of the task's own limit would be free if nobody else came; asked first, so that no slot is taken in vain from others who
    /// look for one. Default true.
    /// </summary>
    bool HasTaskRoom(string task) => true;

    /// <summary>Takes a slot of the task's own limit; false if all are used.</summary>
    bool TryReserveTask(string task);

    /// <summary>Gives back a slot of a task's limit, and the slot it was taken with, for a job that is not started after all.</summary>
    void ReleaseTask(string task);

    /// <summary>False once the worker takes no more jobs.</summary>
    bool IsTaking { get; }

    /// <summary>Starts jobs, each on a slot that was taken for it. Must not block.</summary>
    void Start(IReadOnlyList<Assignment> assignments);
}

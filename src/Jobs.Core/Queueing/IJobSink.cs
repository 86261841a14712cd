namespace Jobs.Core;

/// <summary>A worker as a partition sees it: a name, the tasks it can run, and free slots. Safe for many threads.</summary>
public interface IJobSink
{
    /// <summary>The worker's name, unique among living workers.</summary>
    string Worker { get; }

    /// <summary>Whether the worker has a handler for the task.</summary>
    bool Supports(string task);

    /// <summary>Takes up to so many free slots, and returns how many it took.</summary>
    int ReserveSlots(int wanted);

    /// <summary>Gives back slots that were taken and not used.</summary>
    void ReleaseSlots(int count);

    /// <summary>Takes a slot of the task's own limit; false if all are used.</summary>
    bool TryReserveTask(string task);

    /// <summary>Starts jobs, each on a slot that was taken for it. Must not block.</summary>
    void Start(IReadOnlyList<Assignment> assignments);
}

namespace Jobs.Core;

/// <summary>A job in a partition's window, with its place in it.</summary>
internal sealed class JobEntry(JobRecord job)
{
    internal JobRecord Job { get; set; } = job;

    /// <summary>The place in the heap that holds the entry.</summary>
    internal OrderKey Key { get; set; }

    /// <summary>The heap that holds the entry; null while it is handed out or staged.</summary>
    internal EntryHeap? Heap { get; set; }

    internal int HeapIndex { get; set; } = -1;

    /// <summary>The change that is on its way to the store; until it is settled nothing else is planned for the job.</summary>
    internal StagedChange? Staged { get; set; }

    /// <summary>The group whose turn the job has, or waits for.</summary>
    internal JobGroup? Group { get; set; }

    /// <summary>True if the store does not know yet that the job was handed out.</summary>
    internal bool StartUnwritten { get; set; }

    /// <summary>
    /// The job as its handler got it, if the job has ended while that handler still runs; null if not. The group waits for the handler,
    /// and so does the job itself if it comes back from its end.
    /// </summary>
    internal JobRecord? Abandoned { get; set; }
}

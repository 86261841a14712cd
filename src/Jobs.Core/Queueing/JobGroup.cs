namespace Jobs.Core;

/// <summary>The jobs of one group key in the window: one has its turn, the others wait behind it in order.</summary>
internal sealed class JobGroup(string key)
{
    internal string Key { get; } = key;

    /// <summary>The job whose turn it is: ready, handed out, or between two attempts; null while the next one is sought.</summary>
    internal JobEntry? Active { get; set; }

    internal EntryHeap Waiting { get; } = new();

    /// <summary>Jobs of the group from this place on may be in the store only; null if all due ones are here.</summary>
    internal OrderKey? Bound { get; set; }

    internal bool Loading { get; set; }

    /// <summary>The first job that found no room while a page was read.</summary>
    internal OrderKey? Refused { get; set; }
}

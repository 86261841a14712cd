namespace Jobs.Core;

/// <summary>What an enqueue on a full queue does.</summary>
public enum FullQueue
{
    /// <summary>It waits for room, up to <see cref="QueueOptions.WaitForRoom"/>.</summary>
    Wait,

    /// <summary>It fails at once with <see cref="QueueBusyException"/>.</summary>
    Throw,
}

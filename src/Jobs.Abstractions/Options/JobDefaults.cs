namespace Jobs;

/// <summary>
/// What is said for all jobs of a queue, where neither their enqueue nor their task says it; null means "not said". Tags and headers add up.
/// </summary>
public sealed class JobDefaults : JobOptions
{
    internal JobDefaults Copy()
    {
        var copy = new JobDefaults();
        CopyTo(copy);
        return copy;
    }

    /// <summary>Refuses what cannot be said for a queue.</summary>
    internal void Check()
    {
        if (Queue is not null) throw new InvalidJobOptionException(nameof(Queue), Queue, "it is the queue whose jobs these are; say nothing");
        if (UniqueKey is not null) throw new InvalidJobOptionException(nameof(UniqueKey), UniqueKey, "set it on the task or for an enqueue");
        if (Backoff is RetryPolicy.CustomRetry)
            throw new InvalidJobOptionException(nameof(Backoff), "a custom function", "it cannot be stored with a job; set it on the task");
    }
}

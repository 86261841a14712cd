namespace Jobs.Core;

/// <summary>What a worker that is elsewhere can do for a partition.</summary>
/// <param name="Name">Its name, as jobs keep it.</param>
/// <param name="Tasks">The tasks it has handlers for, by each of their names.</param>
/// <param name="CodeVersion">The version of its code.</param>
/// <param name="Heartbeat">
/// For how long it may be silent before it counts as lost; null if the host knows by other means whether it lives.
/// </param>
internal sealed record WorkerOffer(string Name, IReadOnlyCollection<string> Tasks, string? CodeVersion, TimeSpan? Heartbeat)
{
    /// <summary>How many jobs of the queue it runs at a time; null if it does not tell.</summary>
    internal int? Concurrency { get; init; }

    /// <summary>Since when it is there; null if it does not tell.</summary>
    internal DateTimeOffset? StartedAt { get; init; }
}

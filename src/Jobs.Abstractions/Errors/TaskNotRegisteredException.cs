namespace Jobs;

/// <summary>A job names a task that no handler of this service is registered for.</summary>
public sealed class TaskNotRegisteredException(string task, IReadOnlyCollection<string> known)
    : JobsException($"No handler is registered for the task '{task}' (registered: {Listing(known)}). "
        + "Register one with Handle(...), or choose another UnknownTaskPolicy if the handler arrives later.")
{
    private const int MaxListed = 10;

    /// <summary>The task's name.</summary>
    public string Task { get; } = task;

    /// <summary>The names that are registered.</summary>
    public IReadOnlyCollection<string> Known { get; } = known;

    private static string Listing(IReadOnlyCollection<string> known) => known.Count == 0
        ? "none"
        : string.Join(", ", known.Order(StringComparer.Ordinal).Take(MaxListed)) + (known.Count > MaxListed ? ", …" : "");
}

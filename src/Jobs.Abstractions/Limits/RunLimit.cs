namespace Jobs;

/// <summary>
/// How many jobs may run at once, or start in a time, whichever processes run them. It has a name, is stored, and holds for the jobs of a
/// queue, of a task, of both, or for all; with <see cref="PerKey"/> for those of each <see cref="JobOptions.LimitKey"/> on its own.
/// </summary>
/// <remarks>A job that several limits hold for has to have room in all of them. One that waits for room holds up no others.</remarks>
public sealed record RunLimit
{
    /// <summary>The most that <see cref="MaxRunning"/> can be.</summary>
    public const int MostRunning = 1_000_000;

    private const int MaxNameChars = 100;

    /// <summary>Makes a limit, which needs <see cref="MaxRunning"/> or <see cref="Rate"/>.</summary>
    /// <param name="name">Its name: 1 to 100 ASCII letters, digits, '-', '_', '.' and ':'.</param>
    /// <exception cref="InvalidNameException">The name cannot be used.</exception>
    public RunLimit(string name) => Name = RequireName(name);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The queue whose jobs it holds for; null, the default, for all queues.</summary>
    public QueueName? Queue { get; init; }

    /// <summary>The name of the task whose jobs it holds for, those under its aliases too; null, the default, for all tasks.</summary>
    public string? Task { get; init; }

    /// <summary>
    /// Whether it counts the jobs of each <see cref="JobOptions.LimitKey"/> on their own; jobs without a key are free of it then. Default false.
    /// </summary>
    public bool PerKey { get; init; }

    /// <summary>How many of the jobs run at once; null, the default, for no such limit. 0 holds all of them back; at most 1,000,000.</summary>
    public int? MaxRunning { get; init; }

    /// <summary>How many of the jobs start in a time; null, the default, for no such limit.</summary>
    public RunRate? Rate { get; init; }

    internal static string RequireName(string name) => NameRules.Require(name, "limit", MaxNameChars);

    /// <summary>Refuses values that make no sense.</summary>
    internal RunLimit Checked()
    {
        if (MaxRunning is null && Rate is null)
            throw new InvalidJobOptionException(nameof(MaxRunning), "null", $"say {nameof(MaxRunning)} or {nameof(Rate)}; to have no limit, remove it");
        if (MaxRunning is < 0 or > MostRunning) throw new InvalidJobOptionException(nameof(MaxRunning), MaxRunning, "use a number from 0 to 1,000,000");
        if (Task is not null) NameRules.Require(Task, "task", NameRules.MaxTaskNameChars);
        Rate?.Check();
        return this;
    }
}

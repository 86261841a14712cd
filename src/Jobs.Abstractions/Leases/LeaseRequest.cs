namespace Jobs;

/// <summary>What somebody wants who takes jobs to run them by himself.</summary>
public sealed record LeaseRequest
{
    /// <summary>The most jobs of one call: 1,000.</summary>
    public const int MaxTakenJobs = 1000;

    /// <summary>How long a lease lasts if nothing else is said: one minute.</summary>
    public static TimeSpan DefaultLength { get; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest lease: 7 days. Extend it for longer work.</summary>
    public static TimeSpan MaxLength { get; } = TimeSpan.FromDays(7);

    /// <summary>From which queue; default <see cref="QueueName.Default"/>.</summary>
    public QueueName Queue { get; init; } = QueueName.Default;

    /// <summary>The names of the tasks whose jobs are wanted; default null, which means all of the queue.</summary>
    public IReadOnlyCollection<string>? Tasks { get; init; }

    /// <summary>How many jobs at most; default 1, at most <see cref="MaxTakenJobs"/>.</summary>
    public int MaxJobs { get; init; } = 1;

    /// <summary>How long to wait for a first job if there is none; default zero.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>
    /// How long each job is leased, from now; default <see cref="DefaultLength"/>, at most <see cref="MaxLength"/>. A job that is not
    /// answered by then is handed out again, and the attempt is used up.
    /// </summary>
    public TimeSpan Length { get; init; } = DefaultLength;

    /// <summary>Who takes them, as the job's worker in records; default null, which means the name of this process's worker.</summary>
    public string? Consumer { get; init; }

    /// <summary>
    /// Whether an answer to a lease that has ended does nothing; default false, which means that it throws <see cref="LeaseLostException"/>. The
    /// job is not changed by it either way.
    /// </summary>
    public bool IgnoreLostLeases { get; init; }

    /// <summary>The request, if it makes sense.</summary>
    internal LeaseRequest Checked()
    {
        if (MaxJobs is < 1 or > MaxTakenJobs) throw new InvalidJobOptionException(nameof(MaxJobs), MaxJobs, $"use a number from 1 to {MaxTakenJobs}");
        if (Wait < TimeSpan.Zero) throw new InvalidJobOptionException(nameof(Wait), Wait, "use zero or a positive time");
        RequireLength(nameof(Length), Length);
        return this;
    }

    /// <summary>Refuses what a lease cannot last.</summary>
    internal static void RequireLength(string option, TimeSpan length)
    {
        if (length <= TimeSpan.Zero || length > MaxLength)
            throw new InvalidJobOptionException(option, length, $"use a positive time, at most {MaxLength.TotalDays} days");
    }
}

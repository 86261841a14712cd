namespace Jobs.Grains.Hosting;

/// <summary>How often things are looked at that nobody calls for.</summary>
/// <param name="ReminderPeriod">How often a reminder tries to bring a grain back; the reminder service allows a minute at least.</param>
/// <param name="ReminderSweep">How often a silo looks which of its partitions need a reminder, and which do not any more.</param>
internal sealed record GrainTimes(TimeSpan ReminderPeriod, TimeSpan ReminderSweep)
{
    internal static GrainTimes Default { get; } = new(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30));

    /// <summary>How long the members must not have changed before partitions move to where they belong.</summary>
    internal TimeSpan Settling { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often it is looked for partitions that could not move before.</summary>
    internal TimeSpan Balancing { get; init; } = TimeSpan.FromSeconds(30);
}

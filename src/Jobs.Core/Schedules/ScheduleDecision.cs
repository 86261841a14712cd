namespace Jobs.Core;

/// <summary>What is to be done with a schedule now: a closed set.</summary>
public abstract record ScheduleDecision
{
    private ScheduleDecision()
    {
    }

    /// <summary>Nothing before a time.</summary>
    /// <param name="Until">When to look again; null if only a change of the schedule gives it something to do.</param>
    public sealed record Wait(DateTimeOffset? Until) : ScheduleDecision;

    /// <summary>Say first how a job stands, and decide again.</summary>
    /// <param name="Id">Which.</param>
    public sealed record Ask(JobId Id) : ScheduleDecision;

    /// <summary>The next occurrence is done with, without a job from here: write the schedule, and decide again.</summary>
    /// <param name="Then">The schedule as it is after.</param>
    public sealed record Pass(ScheduleRecord Then) : ScheduleDecision;

    /// <summary>Enqueue the job of the next occurrence unless its id is taken; then write the schedule, and decide again.</summary>
    /// <param name="Occurrence">The occurrence.</param>
    /// <param name="Then">The schedule as it is after.</param>
    public sealed record Fire(ScheduleOccurrence Occurrence, ScheduleRecord Then) : ScheduleDecision;
}

using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>What somebody does to a job.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.JobAction")]
public sealed record JobActionMessage
{
    /// <summary>Which action.</summary>
    [Id(0)]
    public required JobActionKind Kind { get; init; }

    /// <summary>Whether a running job is deleted too.</summary>
    [Id(1)]
    public bool WhenRunning { get; init; }

    /// <summary>The new time of a rescheduled job.</summary>
    [Id(2)]
    public DateTimeOffset RunAt { get; init; }

    /// <summary>The new priority.</summary>
    [Id(3)]
    public int Priority { get; init; }

    /// <summary>Writes an action down.</summary>
    public static JobActionMessage From(JobAction action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return action switch
        {
            JobAction.CancelJob => new() { Kind = JobActionKind.Cancel },
            JobAction.RetryJob => new() { Kind = JobActionKind.Retry },
            JobAction.RunJobNow => new() { Kind = JobActionKind.RunNow },
            JobAction.DeleteJob delete => new() { Kind = JobActionKind.Delete, WhenRunning = delete.WhenRunning },
            JobAction.RescheduleJob move => new() { Kind = JobActionKind.Reschedule, RunAt = move.RunAt },
            JobAction.ChangeJobPriority change => new() { Kind = JobActionKind.ChangePriority, Priority = change.Priority.Urgency },
            _ => throw new ArgumentOutOfRangeException(nameof(action), action, "This action cannot be sent to a cluster."),
        };
    }

    /// <summary>The action.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A later version sent it, which knows an action that this one does not.</exception>
    public JobAction ToAction() => Kind switch
    {
        JobActionKind.Cancel => JobAction.Cancel,
        JobActionKind.Retry => JobAction.Retry,
        JobActionKind.RunNow => JobAction.RunNow,
        JobActionKind.Delete => JobAction.Delete(WhenRunning),
        JobActionKind.Reschedule => JobAction.Reschedule(RunAt),
        JobActionKind.ChangePriority => JobAction.ChangePriority(new Priority(Priority)),
        var other => throw new ArgumentOutOfRangeException(nameof(Kind), other, "This silo is older than the action; upgrade it."),
    };
}

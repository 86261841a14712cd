using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>What somebody does to a job. The numbers are sent: they never change their meaning.</summary>
[GenerateSerializer]
[Alias("jobs.JobActionKind")]
public enum JobActionKind
{
    /// <summary>See <see cref="JobAction.Cancel"/>.</summary>
    Cancel = 0,

    /// <summary>See <see cref="JobAction.Retry"/>.</summary>
    Retry = 1,

    /// <summary>See <see cref="JobAction.RunNow"/>.</summary>
    RunNow = 2,

    /// <summary>See <see cref="JobAction.Delete"/>.</summary>
    Delete = 3,

    /// <summary>See <see cref="JobAction.Reschedule"/>.</summary>
    Reschedule = 4,

    /// <summary>See <see cref="JobAction.ChangePriority"/>.</summary>
    ChangePriority = 5,
}

namespace Jobs;

/// <summary>Where a job stands. The first four are unfinished, the others final.</summary>
public enum JobState
{
    /// <summary>Enqueued and not yet due. Left when its time comes, or by cancel, run now, reschedule.</summary>
    Scheduled,

    /// <summary>Due and waiting for a worker, for a handler, or for the job before it in its group.</summary>
    Pending,

    /// <summary>Handed to a worker. Left by its outcome, by cancel, or when its worker is lost.</summary>
    Running,

    /// <summary>An attempt failed and the next one is not yet due. Left when its time comes, or by cancel, run now, reschedule.</summary>
    Retrying,

    /// <summary>Done; the result, if any, is stored with it.</summary>
    Completed,

    /// <summary>Failed for good: attempts used up, or dead-lettered. Kept until deleted; retry by hand brings it back.</summary>
    Dead,

    /// <summary>Cancelled by somebody. Retry by hand brings it back.</summary>
    Cancelled,

    /// <summary>Given up by its handler, or by a policy that says so.</summary>
    Discarded,
}

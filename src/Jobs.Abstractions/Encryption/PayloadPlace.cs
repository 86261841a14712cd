namespace Jobs;

/// <summary>Where bytes belong; encrypted bytes are bound to it, so that those of one job cannot be put in the place of another's.</summary>
/// <param name="Job">The job.</param>
/// <param name="Task">The task's name as the job was stored under it.</param>
/// <param name="Part">Payload or result.</param>
public readonly record struct PayloadPlace(JobId Job, string Task, PayloadPart Part);

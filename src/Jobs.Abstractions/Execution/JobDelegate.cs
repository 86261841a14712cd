namespace Jobs;

/// <summary>Runs a job and says how the attempt ended: a handler, or a middleware with the rest behind it.</summary>
public delegate ValueTask<JobOutcome> JobDelegate(JobContext job);

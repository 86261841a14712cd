namespace Jobs.Testing;

/// <summary>A drain ran as many attempts as it may, and there were more: jobs that bring about jobs for ever.</summary>
public sealed class DrainLimitException(int maxRuns, DrainSummary summary, string next)
    : JobsException($"{maxRuns:N0} attempts were run, and the job {next} is due next. If jobs bring about others without end (a job that "
        + "reschedules itself, a retry without limit), use DrainForAsync with a time or RunNextAsync; otherwise raise maxRuns.")
{
    /// <summary>The limit.</summary>
    public int MaxRuns { get; } = maxRuns;

    /// <summary>What was done up to there.</summary>
    public DrainSummary Summary { get; } = summary;

    /// <summary>The job that would have been next, as <see cref="TestJob.ToString"/> shows it.</summary>
    public string Next { get; } = next;
}

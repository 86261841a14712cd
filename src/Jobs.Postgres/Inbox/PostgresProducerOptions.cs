namespace Jobs.Postgres;

/// <summary>How a <see cref="PostgresJobProducer"/> writes and reads.</summary>
public sealed class PostgresProducerOptions
{
    /// <summary>The schema of the jobs; default <c>jobs</c>. A service must have set it up.</summary>
    public string Schema { get; set; } = "jobs";

    /// <summary>The codec of tasks that name none; default System.Text.Json. It must be the one of the service.</summary>
    public IPayloadCodec Codec { get; set; } = JsonPayloadCodec.Default;

    /// <summary>Bounds on what one job or one call may bring; default <see cref="JobLimits.Default"/>.</summary>
    public JobLimits Limits { get; set; } = JobLimits.Default;

    /// <summary>The version of this process's code, kept with every job; default the informational version of the entry assembly.</summary>
    public string? CodeVersion { get; set; }

    /// <summary>The longest time between two looks at a job that is waited for; default one second.</summary>
    public TimeSpan PollTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The clock of ids, times and waits; default the system's.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>What is around every enqueue; the first one is the outermost.</summary>
    public IList<IEnqueueMiddleware> EnqueueMiddleware { get; } = [];

    internal PostgresProducerOptions Checked()
    {
        _ = new PostgresOptions { Schema = Schema }.Checked();
        if (PollTime <= TimeSpan.Zero) throw new InvalidJobOptionException(nameof(PollTime), PollTime, "use a positive time");
        if (CodeVersion?.Length > Limits.MaxKeyChars)
            throw new LimitExceededException(nameof(JobLimits.MaxKeyChars), CodeVersion.Length, Limits.MaxKeyChars);
        return this;
    }
}

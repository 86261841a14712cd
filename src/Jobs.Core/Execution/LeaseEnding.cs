namespace Jobs.Core;

/// <summary>Decides what an outcome means that the holder of a lease tells, as if the task's own handler had ended so.</summary>
internal static class LeaseEnding
{
    /// <summary>The event for the state machine; a result that cannot be stored is an exception, and the lease goes on.</summary>
    internal static JobEvent Of(
        JobRecord job, JobOutcome outcome, ReadOnlyMemory<byte>? result, EngineSettings settings, RunEnvironment environment)
    {
        var run = new RunningJob(job, environment) { Registration = RegistrationOf(job.Terms.Task, settings) };
        if (result is { } bytes) run.Capture(bytes);
        return AttemptEnding.Decide(run, outcome, environment.Clock.GetUtcNow(), environment);
    }

    /// <summary>The task as this process knows it, whether or not it has a handler for it.</summary>
    private static TaskRegistration RegistrationOf(string task, EngineSettings settings) => settings.Registry.Find(task) ?? new TaskRegistration(
        settings.Accepted.GetValueOrDefault(task) ?? TaskDefinition.Raw(task), static job => throw new InvalidOperationException("It is leased, not run."));
}

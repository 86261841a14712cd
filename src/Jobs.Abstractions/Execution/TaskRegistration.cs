namespace Jobs;

/// <summary>A task together with the handler of its jobs.</summary>
/// <param name="Task">The task.</param>
/// <param name="Handler">Decodes the payload, runs one attempt, and says how it ended.</param>
public sealed record TaskRegistration(TaskDefinition Task, JobDelegate Handler);

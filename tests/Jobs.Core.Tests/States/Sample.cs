namespace Jobs.Core.Tests.States;

/// <summary>Jobs to try things on. Times are relative to <see cref="Now"/>.</summary>
internal static class Sample
{
    internal static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly JobIdSource Ids = new(new FixedClock(), new Random(1));

    internal static JobTerms Terms { get; } = new() { Task = "task", Queue = QueueName.Default };

    internal static JobError Error(int attempt = 1, string message = "no luck") => new(attempt, Now, "Test", message);

    /// <summary>A job that has been through something, so that what a change leaves alone can be told from what it clears.</summary>
    internal static JobRecord In(JobState state, JobTerms? terms = null) => new()
    {
        Id = Ids.Next(QueueName.Default, 0),
        Terms = terms ?? Terms,
        Payload = new byte[] { 1, 2, 3 },
        State = state,
        Sequence = 7,
        EnqueuedAt = Now.AddHours(-1),
        RunAt = Now.AddMinutes(-1),
        Priority = 5,
        UniqueKey = "unique",
        Failures = 2,
        Deliveries = 6,
        LostDeliveries = 1,
        LastAttempt = 4,
        Worker = "worker-0",
        StartedAt = Now.AddSeconds(-30),
        FinishedAt = state.IsFinal() ? Now.AddSeconds(-10) : null,
        Result = state is JobState.Completed ? new byte[] { 9 } : null,
        Notes = new JobNotes
        {
            Errors = [Error()],
            Log = [new JobLogLine(Now, 1, "a line")],
            Progress = new JobProgress(50, "half"),
            Reason = state.IsFinal() ? "it ended" : null,
        },
    };

    internal static JobRecord New(JobState state, JobTerms? terms = null) => new()
    {
        Id = Ids.Next(QueueName.Default, 0),
        Terms = terms ?? Terms,
        Payload = new byte[] { 1 },
        State = state,
        Sequence = 1,
        EnqueuedAt = Now,
        RunAt = Now,
    };

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}

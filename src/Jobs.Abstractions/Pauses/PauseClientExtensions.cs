namespace Jobs;

/// <summary>Pausing and resuming in one word.</summary>
public static class PauseClientExtensions
{
    /// <summary>Pauses a queue; see <see cref="IPauseClient.PauseAsync"/>.</summary>
    public static ValueTask<Pause> PauseQueueAsync(
        this IJobClient client, QueueName queue, string? reason = null, CancellationToken cancellation = default) =>
        Of(client).PauseAsync(PauseTarget.Queue(queue), reason, cancellation);

    /// <summary>Pauses a task on all queues; see <see cref="IPauseClient.PauseAsync"/>.</summary>
    public static ValueTask<Pause> PauseTaskAsync(
        this IJobClient client, TaskDefinition task, string? reason = null, CancellationToken cancellation = default) =>
        Of(client).PauseAsync(PauseTarget.Task(task), reason, cancellation);

    /// <summary>Resumes a queue; see <see cref="IPauseClient.ResumeAsync"/>.</summary>
    public static ValueTask<bool> ResumeQueueAsync(this IJobClient client, QueueName queue, CancellationToken cancellation = default) =>
        Of(client).ResumeAsync(PauseTarget.Queue(queue), cancellation);

    /// <summary>Resumes a task; see <see cref="IPauseClient.ResumeAsync"/>.</summary>
    public static ValueTask<bool> ResumeTaskAsync(this IJobClient client, TaskDefinition task, CancellationToken cancellation = default) =>
        Of(client).ResumeAsync(PauseTarget.Task(task), cancellation);

    private static IPauseClient Of(IJobClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.Pauses;
    }
}

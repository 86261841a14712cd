namespace Jobs;

/// <summary>The calls that look after enqueued jobs.</summary>
public static partial class JobClientExtensions
{
    /// <summary>Makes a handle from an id.</summary>
    public static JobHandle Handle(this IJobClient client, JobId id)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new JobHandle(client, id);
    }

    /// <summary>Makes a handle from an id, with the task that says what the result is.</summary>
    public static JobHandle<TResult> Handle<TPayload, TResult>(this IJobClient client, ResultTask<TPayload, TResult> task, JobId id)
    {
        Require(client, task);
        return new JobHandle<TResult>(client, id, false, task);
    }

    /// <summary>Reads the payload of a job, decrypted if it is stored encrypted.</summary>
    /// <exception cref="PayloadDecodingException">The bytes are no such payload, or they were not kept.</exception>
    /// <exception cref="PayloadEncryptionException">The bytes cannot be decrypted.</exception>
    public static TPayload PayloadOf<TPayload>(this IJobClient client, TaskDefinition<TPayload> task, JobSnapshot job)
    {
        Require(client, task);
        ArgumentNullException.ThrowIfNull(job);
        return PayloadEncoder.DecodePayload<TPayload>(task, job, client.Codec);
    }

    /// <summary>Reads the result of a completed job, decrypted if it is stored encrypted.</summary>
    /// <exception cref="PayloadDecodingException">There is none, or the bytes are no such result.</exception>
    /// <exception cref="PayloadEncryptionException">The bytes cannot be decrypted.</exception>
    public static TResult ResultOf<TPayload, TResult>(this IJobClient client, ResultTask<TPayload, TResult> task, JobSnapshot job)
    {
        Require(client, task);
        ArgumentNullException.ThrowIfNull(job);
        return PayloadEncoder.DecodeResult<TResult>(task, job, client.Codec);
    }

    /// <summary>The job as it is now.</summary>
    /// <exception cref="JobNotFoundException">There is no such job.</exception>
    public static async ValueTask<JobSnapshot> GetAsync(this IJobClient client, JobId id, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        return await client.FindAsync(id, cancellation).ConfigureAwait(false) ?? throw new JobNotFoundException(id);
    }

    /// <summary>Does what <see cref="JobAction.Cancel"/> says.</summary>
    public static ValueTask<JobSnapshot> CancelAsync(this IJobClient client, JobId id, CancellationToken cancellation = default) =>
        Apply(client, id, JobAction.Cancel, cancellation);

    /// <summary>Does what <see cref="JobAction.Retry"/> says.</summary>
    public static ValueTask<JobSnapshot> RetryAsync(this IJobClient client, JobId id, CancellationToken cancellation = default) =>
        Apply(client, id, JobAction.Retry, cancellation);

    /// <summary>Does what <see cref="JobAction.RunNow"/> says.</summary>
    public static ValueTask<JobSnapshot> RunNowAsync(this IJobClient client, JobId id, CancellationToken cancellation = default) =>
        Apply(client, id, JobAction.RunNow, cancellation);

    /// <summary>Does what <see cref="JobAction.Delete"/> says, and returns the job as it was.</summary>
    public static ValueTask<JobSnapshot> DeleteAsync(
        this IJobClient client, JobId id, bool whenRunning = false, CancellationToken cancellation = default) =>
        Apply(client, id, JobAction.Delete(whenRunning), cancellation);

    /// <summary>Does what <see cref="JobAction.Reschedule"/> says.</summary>
    public static ValueTask<JobSnapshot> RescheduleAsync(
        this IJobClient client, JobId id, DateTimeOffset runAt, CancellationToken cancellation = default) =>
        Apply(client, id, JobAction.Reschedule(runAt), cancellation);

    /// <summary>Does what <see cref="JobAction.ChangePriority"/> says.</summary>
    public static ValueTask<JobSnapshot> ChangePriorityAsync(
        this IJobClient client, JobId id, Priority priority, CancellationToken cancellation = default) =>
        Apply(client, id, JobAction.ChangePriority(priority), cancellation);

    private static ValueTask<JobSnapshot> Apply(IJobClient client, JobId id, JobAction action, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.ApplyAsync(id, action, cancellation);
    }
}

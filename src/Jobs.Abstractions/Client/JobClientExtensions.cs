namespace Jobs;

/// <summary>The typed calls that every client offers: enqueue and await.</summary>
public static partial class JobClientExtensions
{
    /// <summary>Enqueues a job, and returns when it is committed.</summary>
    /// <param name="client">The client.</param>
    /// <param name="task">The task.</param>
    /// <param name="payload">What the job carries; not null.</param>
    /// <param name="configure">What is said for this job: delay, priority, keys …</param>
    /// <param name="cancellation">Ends the wait; the job may have been enqueued nevertheless.</param>
    /// <exception cref="PayloadEncodingException">The payload is null or cannot be encoded.</exception>
    /// <exception cref="TaskNotRegisteredException">The task is unknown and its policy rejects it.</exception>
    /// <exception cref="LimitExceededException">The job is too large.</exception>
    /// <exception cref="InvalidJobOptionException">An option makes no sense.</exception>
    /// <exception cref="DuplicateJobException">A job with the given id exists.</exception>
    public static async ValueTask<JobHandle> EnqueueAsync<TPayload>(
        this IJobClient client, TaskDefinition<TPayload> task, TPayload payload,
        Action<EnqueueOptions>? configure = null, CancellationToken cancellation = default)
    {
        Require(client, task);
        var bytes = PayloadEncoder.Encode(task, payload, client.Codec, null);
        var handles = await client.EnqueueAsync([new EncodedJob(task, bytes, PayloadEncoder.Configured(configure))], cancellation)
            .ConfigureAwait(false);
        return handles[0];
    }

    /// <summary>Enqueues a job whose result can be awaited on the handle, and returns when it is committed.</summary>
    /// <inheritdoc cref="EnqueueAsync{TPayload}(IJobClient, TaskDefinition{TPayload}, TPayload, Action{EnqueueOptions}, CancellationToken)"/>
    public static async ValueTask<JobHandle<TResult>> EnqueueAsync<TPayload, TResult>(
        this IJobClient client, ResultTask<TPayload, TResult> task, TPayload payload,
        Action<EnqueueOptions>? configure = null, CancellationToken cancellation = default)
    {
        Require(client, task);
        var bytes = PayloadEncoder.Encode(task, payload, client.Codec, null);
        var handles = await client.EnqueueAsync([new EncodedJob(task, bytes, PayloadEncoder.Configured(configure))], cancellation)
            .ConfigureAwait(false);
        return new JobHandle<TResult>(client, handles[0].Id, handles[0].AlreadyExisted, task);
    }

    /// <summary>Enqueues one job per payload, all or none; an empty list changes nothing, but the task is checked.</summary>
    /// <returns>A handle per payload, in the order given.</returns>
    /// <inheritdoc cref="EnqueueAsync{TPayload}(IJobClient, TaskDefinition{TPayload}, TPayload, Action{EnqueueOptions}, CancellationToken)"/>
    public static ValueTask<IReadOnlyList<JobHandle>> EnqueueManyAsync<TPayload>(
        this IJobClient client, TaskDefinition<TPayload> task, IReadOnlyCollection<TPayload> payloads,
        Action<EnqueueOptions>? configure = null, CancellationToken cancellation = default)
    {
        Require(client, task);
        ArgumentNullException.ThrowIfNull(payloads);
        if (payloads.Count == 0) return client is ITaskCheck check ? Checked(check, task) : new([]);
        var options = PayloadEncoder.Configured(configure);
        var jobs = new EncodedJob[payloads.Count];
        var index = 0;
        foreach (var payload in payloads)
        {
            jobs[index] = new EncodedJob(task, PayloadEncoder.Encode(task, payload, client.Codec, index), options);
            index++;
        }

        return client.EnqueueAsync(jobs, cancellation);
    }

    /// <summary>Enqueues one job per payload, all or none, each with a result that can be awaited.</summary>
    /// <returns>A handle per payload, in the order given.</returns>
    /// <inheritdoc cref="EnqueueAsync{TPayload}(IJobClient, TaskDefinition{TPayload}, TPayload, Action{EnqueueOptions}, CancellationToken)"/>
    public static async ValueTask<IReadOnlyList<JobHandle<TResult>>> EnqueueManyAsync<TPayload, TResult>(
        this IJobClient client, ResultTask<TPayload, TResult> task, IReadOnlyCollection<TPayload> payloads,
        Action<EnqueueOptions>? configure = null, CancellationToken cancellation = default)
    {
        var handles = await client.EnqueueManyAsync((TaskDefinition<TPayload>)task, payloads, configure, cancellation).ConfigureAwait(false);
        return [.. handles.Select(h => new JobHandle<TResult>(client, h.Id, h.AlreadyExisted, task))];
    }

    /// <summary>Enqueues jobs of different tasks and queues, all or none; an empty list changes nothing.</summary>
    /// <returns>A handle per job, in the order given.</returns>
    public static ValueTask<IReadOnlyList<JobHandle>> EnqueueBatchAsync(
        this IJobClient client, IReadOnlyCollection<NewJob> jobs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(jobs);
        if (jobs.Count == 0) return new([]);
        var index = 0;
        return client.EnqueueAsync([.. jobs.Select(job => Require(job, index).Encode(client.Codec, index++))], cancellation);
    }

    /// <summary>Enqueues a job and awaits its result.</summary>
    /// <param name="client">The client.</param>
    /// <param name="task">The task.</param>
    /// <param name="payload">What the job carries; not null.</param>
    /// <param name="configure">What is said for this job.</param>
    /// <param name="timeout">How long to wait for the result; null means as long as it takes.</param>
    /// <param name="cancellation">Ends the wait, not the job.</param>
    /// <exception cref="JobFailedException">It ended dead.</exception>
    /// <exception cref="JobCancelledException">It was cancelled.</exception>
    /// <exception cref="JobDiscardedException">It was discarded or deleted.</exception>
    /// <exception cref="JobWaitTimeoutException">It did not finish in time; it goes on.</exception>
    public static async ValueTask<TResult> RunAsync<TPayload, TResult>(
        this IJobClient client, ResultTask<TPayload, TResult> task, TPayload payload,
        Action<EnqueueOptions>? configure = null, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        var id = await EnqueueAwaitedAsync(client, task, payload, configure, timeout, cancellation).ConfigureAwait(false);
        return JobEndings.ResultOf<TResult>(task, await client.WaitAsync(id, timeout, cancellation).ConfigureAwait(false), client.Codec);
    }

    /// <summary>Enqueues a job and waits until it is completed.</summary>
    /// <param name="client">The client.</param>
    /// <param name="task">The task.</param>
    /// <param name="payload">What the job carries; not null.</param>
    /// <param name="configure">What is said for this job.</param>
    /// <param name="timeout">How long to wait for the end; null means as long as it takes.</param>
    /// <param name="cancellation">Ends the wait, not the job.</param>
    /// <exception cref="JobFailedException">It ended dead.</exception>
    /// <exception cref="JobCancelledException">It was cancelled.</exception>
    /// <exception cref="JobDiscardedException">It was discarded or deleted.</exception>
    /// <exception cref="JobWaitTimeoutException">It did not finish in time; it goes on.</exception>
    public static async ValueTask RunAsync<TPayload>(
        this IJobClient client, TaskDefinition<TPayload> task, TPayload payload,
        Action<EnqueueOptions>? configure = null, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        var id = await EnqueueAwaitedAsync(client, task, payload, configure, timeout, cancellation).ConfigureAwait(false);
        JobEndings.ThrowUnlessCompleted(await client.WaitAsync(id, timeout, cancellation).ConfigureAwait(false));
    }

    private static async ValueTask<JobId> EnqueueAwaitedAsync<TPayload>(
        IJobClient client, TaskDefinition<TPayload> task, TPayload payload, Action<EnqueueOptions>? configure, TimeSpan? timeout,
        CancellationToken cancellation)
    {
        Require(client, task);
        if (timeout < TimeSpan.Zero) throw new InvalidJobOptionException(nameof(timeout), timeout, "use zero or a positive time, or null for no limit");
        var bytes = PayloadEncoder.Encode(task, payload, client.Codec, null);
        var job = new EncodedJob(task, bytes, PayloadEncoder.Configured(configure), IsAwaited: true);
        return (await client.EnqueueAsync([job], cancellation).ConfigureAwait(false))[0].Id;
    }

    private static ValueTask<IReadOnlyList<JobHandle>> Checked(ITaskCheck check, TaskDefinition task)
    {
        check.RequireAccepted(task);
        return new([]);
    }

    private static void Require(IJobClient client, TaskDefinition task)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(task);
    }

    private static NewJob Require(NewJob? job, int index) =>
        job ?? throw new ArgumentException($"Job number {index} of the batch (from 0) is null.", nameof(job));
}

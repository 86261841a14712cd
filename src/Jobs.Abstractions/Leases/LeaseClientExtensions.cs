namespace Jobs;

/// <summary>Taking jobs to run them by oneself.</summary>
public static class LeaseClientExtensions
{
    /// <summary>The error of an attempt of which its taker says nothing but that it failed.</summary>
    internal const string NothingSaid = "Whoever took the job said that the attempt failed.";

    /// <summary>Takes jobs of any task from a queue; see <see cref="ILeaseClient.TakeAsync"/>.</summary>
    /// <param name="client">The client.</param>
    /// <param name="request">From where, how many, how long; default one job of the queue <c>default</c> for a minute, without waiting.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async ValueTask<IReadOnlyList<JobLease>> TakeAsync(
        this IJobClient client, LeaseRequest? request = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        request ??= new LeaseRequest();
        var leased = await client.Leases.TakeAsync(request, cancellation).ConfigureAwait(false);
        return [.. leased.Select(job => new JobLease(client, null, job, request))];
    }

    /// <summary>Takes jobs of one task; see <see cref="ILeaseClient.TakeAsync"/>.</summary>
    /// <param name="client">The client.</param>
    /// <param name="task">The task, whose jobs are known by its name and its aliases.</param>
    /// <param name="request">How many, how long; default one job of the task's own queue. Its tasks are not looked at.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async ValueTask<IReadOnlyList<JobLease<TPayload>>> TakeAsync<TPayload>(
        this IJobClient client, TaskDefinition<TPayload> task, LeaseRequest? request = null, CancellationToken cancellation = default)
    {
        request = For(task, request);
        var leased = await TakeOfAsync(client, request, cancellation).ConfigureAwait(false);
        return [.. leased.Select(job => new JobLease<TPayload>(client, task, job, request))];
    }

    /// <summary>Takes jobs of one task that has a result; see <see cref="ILeaseClient.TakeAsync"/>.</summary>
    /// <param name="client">The client.</param>
    /// <param name="task">The task, whose jobs are known by its name and its aliases.</param>
    /// <param name="request">How many, how long; default one job of the task's own queue. Its tasks are not looked at.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async ValueTask<IReadOnlyList<JobLease<TPayload, TResult>>> TakeAsync<TPayload, TResult>(
        this IJobClient client, ResultTask<TPayload, TResult> task, LeaseRequest? request = null, CancellationToken cancellation = default)
    {
        request = For(task, request);
        var leased = await TakeOfAsync(client, request, cancellation).ConfigureAwait(false);
        return [.. leased.Select(job => new JobLease<TPayload, TResult>(client, task, job, request))];
    }

    private static LeaseRequest For(TaskDefinition task, LeaseRequest? request)
    {
        ArgumentNullException.ThrowIfNull(task);
        request ??= new LeaseRequest { Queue = task.Options.Queue ?? QueueName.Default };
        return request with { Tasks = [task.Name, .. task.Options.Aliases] };
    }

    private static ValueTask<IReadOnlyList<LeasedJob>> TakeOfAsync(IJobClient client, LeaseRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.Leases.TakeAsync(request, cancellation);
    }
}

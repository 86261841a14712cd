using Jobs.Client;
using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>
/// The client that code would write for itself which has an Orleans client and nothing else: each task is enqueued through its
/// <see cref="ITask"/>, and each job is looked at, awaited and changed through its <see cref="IJob"/>. What is of no single task or job, such as
/// a batch of several tasks, a list, a schedule, is asked of the cluster's own client.
/// </summary>
internal sealed class TaskGrainClient : IJobClient
{
    private static readonly TimeSpan PollTime = TimeSpan.FromSeconds(3);

    private readonly IGrainFactory _grains;
    private readonly IJobClient _others;
    private readonly TimeProvider _clock;
    private readonly EnqueueCall _enqueue;
    private readonly ClusterCalls _calls;

    internal TaskGrainClient(IGrainFactory grains, IJobClient others, TimeProvider clock)
    {
        (_grains, _others, _clock) = (grains, others, clock);
        _calls = new ClusterCalls(new JobsClientOptions(), (grains as IClusterClient)?.ServiceProvider);
        _enqueue = new EnqueueCall(others.EnqueueMiddleware, SendAsync);
    }

    public IPayloadCodec Codec => _others.Codec;

    public IReadOnlyList<IEnqueueMiddleware> EnqueueMiddleware => _others.EnqueueMiddleware;

    public IScheduleClient Schedules => _others.Schedules;

    public IPauseClient Pauses => _others.Pauses;

    public IWorkerClient Workers => _others.Workers;

    public ILeaseClient Leases => _others.Leases;

    public ITopicClient Topics => _others.Topics;

    public async ValueTask<IReadOnlyList<JobHandle>> EnqueueAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation)
    {
        if (jobs.Count == 0) return [];
        cancellation.ThrowIfCancellationRequested();
        var task = jobs[0].Task.Name;
        if (jobs.Any(job => job.Task.Name != task))
            return [.. (await _others.EnqueueAsync(jobs, cancellation)).Select(handle => new JobHandle(this, handle.Id, handle.AlreadyExisted))];
        return await _enqueue.RunAsync(jobs, cancellation);
    }

    public async ValueTask<JobSnapshot?> FindAsync(JobId id, CancellationToken cancellation) =>
        id == default ? null : await _calls.AskAsync(_ => Job(id).FindAsync(), "find jobs", cancellation);

    public ValueTask<IReadOnlyList<JobSnapshot>> ListAsync(JobQuery query, CancellationToken cancellation) => _others.ListAsync(query, cancellation);

    public ValueTask<JobCounts> CountAsync(QueueName? queue, CancellationToken cancellation) => _others.CountAsync(queue, cancellation);

    public async ValueTask<JobSnapshot> WaitAsync(JobId id, TimeSpan? timeout, CancellationToken cancellation)
    {
        if (timeout < TimeSpan.Zero) throw new InvalidJobOptionException(nameof(timeout), timeout, "use zero or a positive time");
        if (id == default) throw new JobNotFoundException(id);
        using var over = new CancellationTokenSource(ClusterJobClient.TimerOf(timeout), _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellation);
        while (true)
        {
            try
            {
                return await _calls.AskAsync(_ => Job(id).WaitAsync(PollTime), "wait for jobs", either.Token);
            }
            catch (JobWaitTimeoutException)
            {
                // It is asked again.
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw over.IsCancellationRequested ? new JobWaitTimeoutException(id, timeout!.Value) : new ServiceStoppedException("wait for jobs");
            }
        }
    }

    public async ValueTask<JobSnapshot> ApplyAsync(JobId id, JobAction action, CancellationToken cancellation) =>
        id == default
            ? throw new JobNotFoundException(id)
            : await _calls.AskAsync(_ => Job(id).ApplyAsync(JobActionMessage.From(action)), "change jobs", cancellation);

    public ValueTask<int> ApplyAsync(JobFilter filter, JobAction action, CancellationToken cancellation) => _others.ApplyAsync(filter, action, cancellation);

    private async ValueTask<IReadOnlyList<JobHandle>> SendAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation)
    {
        if (jobs.Count == 0) return [];
        var enqueued = await _grains.GetGrain<ITask>(jobs[0].Task.Name).EnqueueBatchAsync(MessagesOf(jobs)).WaitAsync(cancellation);
        return [.. enqueued.Select(job => new JobHandle(this, job.Id, job.AlreadyExisted))];
    }

    private static NewTaskJob[] MessagesOf(IReadOnlyList<EncodedJob> jobs)
    {
        var messages = new NewTaskJob[jobs.Count];
        JobOptionsMessage? options = null;
        for (var i = 0; i < messages.Length; i++)
        {
            if (options is null || !ReferenceEquals(jobs[i].Options, jobs[i - 1].Options)) options = JobOptionsMessage.Of(jobs[i].Task, jobs[i].Options);
            else JobDrafts.RequireSharable(jobs[i].Options);
            messages[i] = new NewTaskJob
            {
                Payload = jobs[i].Payload, Options = options, OwnId = jobs[i].Options?.Id, IdScope = jobs[i].Options?.IdScope ?? default,
            };
        }

        return messages;
    }

    private IJob Job(JobId id) => _grains.GetGrain<IJob>(id.ToString());
}

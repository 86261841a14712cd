namespace Jobs.Core;

/// <summary>The client of an engine in the same process.</summary>
internal sealed class EmbeddedJobClient : IJobClient, ITaskCheck
{
    private readonly EmbeddedEngine _engine;
    private readonly EnqueueCall _enqueue;

    internal EmbeddedJobClient(EmbeddedEngine engine, IReadOnlyList<IEnqueueMiddleware> middleware)
    {
        _engine = engine;
        _enqueue = new EnqueueCall(middleware, engine.EnqueueAsync);
        EnqueueMiddleware = middleware;
        Schedules = new EmbeddedScheduleClient(engine);
        Pauses = new EmbeddedPauseClient(engine);
        Limits = new EmbeddedLimitClient(engine);
        Workers = new EmbeddedWorkerClient(engine);
        Leases = new EmbeddedLeaseClient(engine);
        Topics = new EmbeddedTopicClient(engine);
    }

    public IReadOnlyList<IEnqueueMiddleware> EnqueueMiddleware { get; }

    public IScheduleClient Schedules { get; }

    internal EmbeddedEngine Engine => _engine;

    public IPauseClient Pauses { get; }

    public ILimitClient Limits { get; }

    public IWorkerClient Workers { get; }

    public ILeaseClient Leases { get; }

    public ITopicClient Topics { get; }

    public IPayloadCodec Codec => _engine.Codec;

    public void RequireAccepted(TaskDefinition task) => _engine.RequireAccepted(task);

    public ValueTask<IReadOnlyList<JobHandle>> EnqueueAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        _engine.RequireRunning("enqueue jobs");
        if (jobs.Count == 0) return new([]);
        return _enqueue.RunAsync(jobs, cancellation);
    }

    public async ValueTask<JobSnapshot?> FindAsync(JobId id, CancellationToken cancellation = default)
    {
        _engine.RequireRunning("find jobs");
        await _engine.ShowStartsAsync(id).ConfigureAwait(false);
        return await _engine.Store.FindAnywhereAsync(id, cancellation).ConfigureAwait(false) is { } job ? _engine.Show(job) : null;
    }

    public async ValueTask<IReadOnlyList<JobSnapshot>> ListAsync(JobQuery query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        _engine.RequireRunning("list jobs");
        if (query.PageJobs is < 1 or > JobQuery.MaxPageJobs)
            throw new InvalidJobOptionException(nameof(JobQuery.PageJobs), query.PageJobs, $"use a number from 1 to {JobQuery.MaxPageJobs}");
        await _engine.ShowStartsAsync(null).ConfigureAwait(false);
        var jobs = await _engine.Store.ListAsync(query, _engine.Clock.GetUtcNow(), cancellation).ConfigureAwait(false);
        return [.. jobs.Select(_engine.Show)];
    }

    public async ValueTask<JobCounts> CountAsync(QueueName? queue = null, CancellationToken cancellation = default)
    {
        _engine.RequireRunning("count jobs");
        await _engine.ShowStartsAsync(null).ConfigureAwait(false);
        return await _engine.Store.CountAsync(queue, _engine.Clock.GetUtcNow(), cancellation).ConfigureAwait(false);
    }

    public async ValueTask<JobSnapshot> WaitAsync(JobId id, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        _engine.RequireRunning("wait for jobs");
        if (timeout < TimeSpan.Zero) throw new InvalidJobOptionException(nameof(timeout), timeout, "use zero or a positive time");
        var (ending, prepared) = _engine.Waiters.Join(id);
        try
        {
            if (!ending.IsCompleted && await _engine.Store.FindAnywhereAsync(id, cancellation).ConfigureAwait(false) is var job)
            {
                if (job is null && !prepared && !ending.IsCompleted) throw new JobNotFoundException(id);
                if (job is not null && job.State.IsFinal() && !ending.IsCompleted) return _engine.Show(job);
            }

            return await ending.WaitAsync(Times.ForTimer(timeout ?? Timeout.InfiniteTimeSpan), _engine.Clock, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new JobWaitTimeoutException(id, timeout!.Value);
        }
        finally
        {
            _engine.Waiters.Leave(id);
        }
    }

    public async ValueTask<JobSnapshot> ApplyAsync(JobId id, JobAction action, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        _engine.RequireRunning("change jobs");
        var transition = await _engine.AskAsync(id, action, cancellation).ConfigureAwait(false);
        return _engine.Show(transition.Job);
    }

    public async ValueTask<int> ApplyAsync(JobFilter filter, JobAction action, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(action);
        _engine.RequireRunning("change jobs");
        var changed = 0;
        JobId? after = null;
        while (true)
        {
            var page = await ListAsync(JobQuery.PageOf(filter, after), cancellation).ConfigureAwait(false);
            changed += await SetAction.ApplyAsync(page, id => _engine.AskAsync(id, action, cancellation).AsTask()).ConfigureAwait(false);
            if (page.Count < JobQuery.MaxPageJobs) return changed;
            after = page[^1].Id;
        }
    }
}

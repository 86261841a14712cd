using Jobs.Core;
using Jobs.Grains.Contracts;
using Orleans;

namespace Jobs.Client;

/// <summary>
/// The job client of a process that is a member or a client of a cluster. It makes the jobs' ids, calls the partitions' grains, and repeats
/// calls whose silo went away. Safe for many threads; one per process is enough.
/// </summary>
public sealed class ClusterJobClient : IJobClient
{
    private readonly IGrainFactory _grains;
    private readonly JobsClientOptions _options;
    private readonly ClusterCalls _calls;
    private readonly QueueMap _queues;
    private readonly NewJobs _newJobs;
    private readonly ResultWatch _results;
    private readonly EnqueueCall _enqueue;

    /// <summary>Makes a client on an Orleans client, or on a silo's grain factory.</summary>
    /// <param name="grains">Where the grains are called.</param>
    /// <param name="options">How it behaves; default see <see cref="JobsClientOptions"/>.</param>
    /// <param name="services">The services of topics' listeners, and where they log; default none.</param>
    public ClusterJobClient(IGrainFactory grains, JobsClientOptions? options = null, IServiceProvider? services = null)
    {
        ArgumentNullException.ThrowIfNull(grains);
        _grains = grains;
        _options = (options ?? new JobsClientOptions()).Checked();
        _calls = new ClusterCalls(_options, (grains as IClusterClient)?.ServiceProvider ?? services);
        _queues = new QueueMap(grains, _calls);
        _newJobs = new NewJobs(_options, _queues);
        _results = new ResultWatch(grains, _calls, _options);
        Leases = new ClusterLeaseClient(_calls, _queues, _options);
        Pauses = new ClusterPauseClient(grains, _calls);
        Limits = new ClusterLimitClient(grains, _calls);
        Workers = new ClusterWorkerClient(grains, _calls);
        Schedules = new ClusterScheduleClient(this, grains, _calls, _options);
        TopicClient = new ClusterTopicClient(this, grains, _calls, _options, services);
        EnqueueMiddleware = [.. _options.EnqueueMiddleware];
        _enqueue = new EnqueueCall(EnqueueMiddleware, WriteAndSendAsync);
    }

    /// <inheritdoc/>
    public IPayloadCodec Codec => _options.Codec;

    /// <inheritdoc/>
    public IReadOnlyList<IEnqueueMiddleware> EnqueueMiddleware { get; }

    /// <inheritdoc/>
    public IScheduleClient Schedules { get; }

    /// <inheritdoc/>
    public IPauseClient Pauses { get; }

    /// <inheritdoc/>
    public ILimitClient Limits { get; }

    /// <inheritdoc/>
    public IWorkerClient Workers { get; }

    /// <inheritdoc/>
    public ILeaseClient Leases { get; }

    /// <inheritdoc/>
    public ITopicClient Topics => TopicClient;

    internal ClusterTopicClient TopicClient { get; }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JobHandle>> EnqueueAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        if (jobs.Count == 0) return new([]);
        if (cancellation.IsCancellationRequested) return ValueTask.FromCanceled<IReadOnlyList<JobHandle>>(cancellation);
        return _enqueue.RunAsync(jobs, cancellation);
    }

    /// <summary>Enqueues jobs of which nothing is known but the task's name and bytes.</summary>
    internal async Task<JobHandle[]> EnqueueEncodedAsync(string task, IReadOnlyList<NewTaskJob> jobs, bool isAwaited)
    {
        var (requests, ids) = await _newJobs.WriteAsync(task, jobs, isAwaited).ConfigureAwait(false);
        return ids.Length == 0 ? [] : await EnqueueAsync(requests, ids, CancellationToken.None).ConfigureAwait(false);
    }

    private async ValueTask<IReadOnlyList<JobHandle>> WriteAndSendAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation)
    {
        if (jobs.Count == 0) return [];
        var (requests, ids) = await _newJobs.WriteAsync(jobs, cancellation).ConfigureAwait(false);
        return await EnqueueAsync(requests, ids, cancellation).ConfigureAwait(false);
    }

    private async Task<JobHandle[]> EnqueueAsync(EnqueueRequest[] requests, JobId[] ids, CancellationToken cancellation)
    {
        var reply = await SendExpectedAsync(requests, cancellation).ConfigureAwait(false);
        while (reply.Ended is { } ended)
        {
            requests = Replacing(requests, ended);
            reply = await SendExpectedAsync(requests, cancellation).ConfigureAwait(false);
        }

        if (reply.Replaced is { } replaced)
        {
            foreach (var (id, enqueuedAt) in replaced) _results.Renew(id, enqueuedAt);
        }

        var handles = new JobHandle[ids.Length];
        for (var i = 0; i < handles.Length; i++)
        {
            var holder = default(JobId);
            var existed = reply.Existing?.TryGetValue(ids[i], out holder) == true;
            if (existed) _results.Forget(ids[i]);
            handles[i] = new JobHandle(this, existed ? holder : ids[i], existed);
        }

        return handles;
    }

    /// <inheritdoc/>
    public async ValueTask<JobSnapshot?> FindAsync(JobId id, CancellationToken cancellation = default) =>
        await _queues.PartitionOfAsync(id, cancellation).ConfigureAwait(false) is { } partition
            ? await _calls.AskAsync(_ => partition.FindAsync(id), "find jobs", cancellation).ConfigureAwait(false)
            : null;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JobSnapshot>> ListAsync(JobQuery query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.PageJobs is < 1 or > JobQuery.MaxPageJobs)
            throw new InvalidJobOptionException(nameof(JobQuery.PageJobs), query.PageJobs, $"use a number from 1 to {JobQuery.MaxPageJobs}");
        return await _calls.AskAsync(_ => Directory.ListAsync(JobQueryMessage.From(query)), "list jobs", cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<JobCounts> CountAsync(QueueName? queue = null, CancellationToken cancellation = default) =>
        await _calls.AskAsync(_ => Directory.CountAsync(queue), "count jobs", cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<JobSnapshot> WaitAsync(JobId id, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        WaitAsync(id, timeout, _options.Clock, cancellation);

    /// <summary>Waits for a job's end by the system's time, for somebody who has to be answered by then.</summary>
    internal ValueTask<JobSnapshot> WaitWithinAsync(JobId id, TimeSpan atMost) => WaitAsync(id, atMost, TimeProvider.System, CancellationToken.None);

    private async ValueTask<JobSnapshot> WaitAsync(JobId id, TimeSpan? timeout, TimeProvider clock, CancellationToken cancellation)
    {
        if (timeout < TimeSpan.Zero) throw new InvalidJobOptionException(nameof(timeout), timeout, "use zero or a positive time");
        var partition = await _queues.PartitionOfAsync(id, cancellation).ConfigureAwait(false) ?? throw new JobNotFoundException(id);
        using var over = new CancellationTokenSource(TimerOf(timeout), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellation);
        try
        {
            return await _results.WaitAsync(partition, id, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new JobWaitTimeoutException(id, timeout!.Value);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<JobSnapshot> ApplyAsync(JobId id, JobAction action, CancellationToken cancellation = default)
    {
        var message = JobActionMessage.From(action);
        var partition = await _queues.PartitionOfAsync(id, cancellation).ConfigureAwait(false) ?? throw new JobNotFoundException(id);
        return await _calls.AskAsync(_ => partition.ApplyAsync(id, message), "change jobs", cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<int> ApplyAsync(JobFilter filter, JobAction action, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(action);
        var changed = 0;
        JobId? after = null;
        while (true)
        {
            var page = await ListAsync(JobQuery.PageOf(filter, after), cancellation).ConfigureAwait(false);
            changed += await SetAction.ApplyAsync(page, id => ApplyAsync(id, action, cancellation).AsTask()).ConfigureAwait(false);
            if (page.Count < JobQuery.MaxPageJobs) return changed;
            after = page[^1].Id;
        }
    }

    /// <summary>The requests as they name the ended jobs that they replace, of which they are not told as of those that they await.</summary>
    private EnqueueRequest[] Replacing(EnqueueRequest[] requests, Dictionary<JobId, long> ended)
    {
        foreach (var id in ended.Keys) _results.Forget(id);
        return
        [
            .. requests.Select(request => request with
            {
                Jobs = [.. request.Jobs.Select(job => ended.TryGetValue(job.Id, out var place) ? job with { Replaces = place, IsAwaited = false } : job)],
            }),
        ];
    }

    private static bool AwaitsAny(EnqueueRequest[] requests)
    {
        foreach (var request in requests)
        {
            foreach (var job in request.Jobs)
            {
                if (job.IsAwaited) return true;
            }
        }

        return false;
    }

    private static IEnumerable<JobId> Awaited(EnqueueRequest[] requests) =>
        requests.SelectMany(request => request.Jobs).Where(job => job.IsAwaited).Select(job => job.Id);

    private IJobDirectory Directory => _grains.GetGrain<IJobDirectory>(0);

    /// <summary>An enqueue that was sent to a silo which did not answer may have been committed there.</summary>
    private static Exception GivenUp(bool wasSent, Exception? error)
    {
        var stopped = new ServiceStoppedException("enqueue jobs");
        return wasSent ? new CommitFateUnknownException("of the cluster", error ?? stopped) : stopped;
    }

    /// <summary>Sends requests; the ends of jobs that are awaited afterwards are told without a further question.</summary>
    private async Task<EnqueueReply> SendExpectedAsync(EnqueueRequest[] requests, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        if (!AwaitsAny(requests)) return await SendAsync().ConfigureAwait(false);
        var awaited = Awaited(requests).ToList();
        var watcher = await _results.Reference.ConfigureAwait(false);
        requests = [.. requests.Select(request => request with { Watcher = watcher })];
        foreach (var id in awaited) _results.Expect(id);
        try
        {
            return await SendAsync().ConfigureAwait(false);
        }
        catch
        {
            foreach (var id in awaited) _results.Forget(id);
            throw;
        }

        async Task<EnqueueReply> SendAsync()
        {
            var reply = await _calls.AskAsync(isRepeated => this.SendAsync(requests, SentAgo(isRepeated), cancellation), GivenUp, cancellation)
                .ConfigureAwait(false);
            return reply.UnsureOf is { } id ? throw new CommitFateUnknownException("of the cluster", new DuplicateJobException(id)) : reply;
        }

        TimeSpan? SentAgo(bool isRepeated) => isRepeated ? TimeProvider.System.GetElapsedTime(start) : null;
    }

    /// <summary>Sends requests once.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="sentAgo">If they were sent before, and their fate is not known: how long ago they were first.</param>
    /// <param name="cancellation">Ends the wait for room.</param>
    private Task<EnqueueReply> SendAsync(EnqueueRequest[] requests, TimeSpan? sentAgo, CancellationToken cancellation)
    {
        if (sentAgo is not null)
        {
            foreach (var id in Awaited(requests)) _results.Doubt(id);
            requests = [.. requests.Select(r => r with { IsRepeated = true, SentAgo = sentAgo })];
        }

        return requests.Length == 1
            ? _queues.Lane(requests[0].Queue, requests[0].Partition).SendAsync(requests[0], cancellation)
            : Directory.EnqueueAcrossAsync(requests, cancellation);
    }

    /// <summary>Timers count 49.7 days, and nobody waits longer than that for a result.</summary>
    internal static TimeSpan TimerOf(TimeSpan? timeout) =>
        timeout is { } time && time.TotalMilliseconds < uint.MaxValue - 1 ? time : Timeout.InfiniteTimeSpan;
}

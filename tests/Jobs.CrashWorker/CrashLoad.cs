using System.Globalization;
using Jobs.Core;

namespace Jobs.CrashWorker;

/// <summary>
/// Callers that enqueue in every way there is until they are told to stop. What was acknowledged is told; so is what certainly was not
/// enqueued. A job of a caller's own id is enqueued again under it until the answer is known.
/// </summary>
internal sealed class CrashLoad(IJobClient client, Journal journal, WorkerOptions options) : IDisposable
{
    internal const int Callers = 6;
    private const int MaxOpenCalls = 250;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _room = new(MaxOpenCalls);

    /// <summary>Enqueues until cancelled, or until every caller has made so many calls.</summary>
    internal Task RunAsync(int calls, CancellationToken stopping) =>
        Task.WhenAll(Enumerable.Range(0, Callers).Select(number => Task.Run(() => CallAsync(number, calls, stopping), CancellationToken.None)));

    public void Dispose() => _room.Dispose();

    private async Task CallAsync(int number, int calls, CancellationToken stopping)
    {
        var random = new Random(options.Seed + (options.Run * 1009) + number);
        for (var i = 0; i < calls && !stopping.IsCancellationRequested; i++)
        {
            // Ordinals within a group only grow, over all runs.
            var name = string.Create(CultureInfo.InvariantCulture, $"{(options.Run * 1_000_000) + i}-{number}");
            try
            {
                await CallOnceAsync(random, number, name, stopping);
            }
            catch (Exception e) when (e is StoreUnavailableException or QueueOwnedElsewhereException)
            {
                journal.Tell("refused", name);
                await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
            }
            catch (ServiceStoppedException)
            {
                return;
            }
        }
    }

    private async Task CallOnceAsync(Random random, int number, string name, CancellationToken stopping)
    {
        var job = new CrashJob(name, Fails: random.Next(8) == 0 ? random.Next(1, 3) : 0, Yields: random.Next(12));
        switch (random.Next(20))
        {
            case < 7:
                await FollowAsync(await EnqueueAsync(job, o => o.Priority = random.Next(3)), job);
                break;
            case < 9:
                await EnqueueNamedAsync(job, stopping);
                break;
            case < 11:
                await EnqueueManyAsync(job, random.Next(2, 7));
                break;
            case < 13:
                await EnqueueBatchAsync(job);
                break;
            case < 15:
                Tell(await EnqueueAsync(job, o => o.After(TimeSpan.FromMilliseconds(random.Next(200)))), job);
                break;
            case < 17:
                job = job with { Unique = $"u{random.Next(5)}" };
                Tell(await EnqueueAsync(job, o => o.UniqueKey = job.Unique), job);
                break;
            case < 19:
                job = job with { Group = $"g{number}-{random.Next(2)}" };
                await FollowAsync(await EnqueueAsync(job, o => o.GroupKey = job.Group), job);
                break;
            default:
                job = job with { Holds = name.StartsWith($"{options.Run}000000-", StringComparison.Ordinal), Fails = 0 };
                Tell(await EnqueueAsync(job), job);
                break;
        }
    }

    private ValueTask<JobHandle<string>> EnqueueAsync(CrashJob job, Action<EnqueueOptions>? configure = null) =>
        client.EnqueueAsync(job.Group is null ? CrashWork.Plain : CrashWork.Other, job, o => configure?.Invoke(o));

    private async Task EnqueueNamedAsync(CrashJob job, CancellationToken stopping)
    {
        var id = JobId.FromName(QueueName.Default, job.Name);
        while (true)
        {
            try
            {
                Tell(await client.EnqueueAsync(CrashWork.Plain, job, o => o.WithId(id), CancellationToken.None), job);
                return;
            }
            catch (DuplicateJobException)
            {
                // An answer was lost; the job is there, and only once.
                journal.Tell("ack", id.ToString(), job.Name, "-", "repeated");
                return;
            }
            catch (Exception e) when (e is StoreUnavailableException or QueueOwnedElsewhereException)
            {
                journal.Tell("again", id.ToString());
                if (stopping.IsCancellationRequested) return;
                await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private async Task EnqueueManyAsync(CrashJob job, int count)
    {
        CrashJob[] jobs = [.. Enumerable.Range(0, count).Select(i => job with { Name = $"{job.Name}-{i}" })];
        var handles = await client.EnqueueManyAsync(CrashWork.Plain, jobs, o => o.WithTag($"together-{count}-{job.Name}"));
        for (var i = 0; i < count; i++) Tell(handles[i], jobs[i]);
    }

    private async Task EnqueueBatchAsync(CrashJob job)
    {
        CrashJob[] jobs = [.. Enumerable.Range(0, 4).Select(i => job with { Name = $"{job.Name}-{i}" })];
        var tag = $"together-4-{job.Name}";
        var handles = await client.EnqueueBatchAsync(
            [.. jobs.Select((j, i) => NewJob.Of(i % 2 == 0 ? CrashWork.Plain : CrashWork.Other, j, o => o.WithTag(tag)))]);
        for (var i = 0; i < jobs.Length; i++) Tell(handles[i], jobs[i]);
    }

    private void Tell(JobHandle handle, CrashJob job) =>
        journal.Tell("ack", handle.Id.ToString(), job.Name, job.Group ?? "-", handle.AlreadyExisted ? "old" : "new");

    /// <summary>Tells of the enqueue, and of the result when it comes; waits while too many are open.</summary>
    private async Task FollowAsync(JobHandle<string> handle, CrashJob job)
    {
        Tell(handle, job);
        await _room.WaitAsync();
        _ = TellResultAsync();

        async Task TellResultAsync()
        {
            try
            {
                journal.Tell("done", handle.Id.ToString(), await handle.ResultAsync());
            }
            catch (Exception e) when (e is StoreUnavailableException or ServiceStoppedException)
            {
                // The job goes on without its waiter.
            }

            _room.Release();
        }
    }
}

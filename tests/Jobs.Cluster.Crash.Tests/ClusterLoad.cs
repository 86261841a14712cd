using System.Collections.Concurrent;
using System.Diagnostics;
using Jobs.Cluster.CrashSilo;

namespace Jobs.Cluster.Crash.Tests;

/// <summary>
/// Calls from outside the cluster, started at a steady pace whether or not earlier ones have returned. What was acknowledged is told, and
/// what waiters get. No call may fail: silos that go away are the client's business.
/// </summary>
internal sealed class ClusterLoad(IJobClient client, EventLog log, int seed)
{
    private const int MaxOpenCalls = 1500;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<Task> _calls = [];
    private readonly ConcurrentDictionary<string, JobId?> _openCalls = new();
    private readonly List<TimeSpan> _enqueues = [];
    private readonly List<TimeSpan> _overruns = [];
    private volatile bool _isStopping;
    private int _open;
    private Task _running = Task.CompletedTask;

    /// <summary>How long each enqueue took.</summary>
    internal IReadOnlyList<TimeSpan> Enqueues => _enqueues;

    /// <summary>How much later than its time-out each wait ended that had one.</summary>
    internal IReadOnlyList<TimeSpan> Overruns => _overruns;

    internal void Start() => _running = Task.Run(RunAsync);

    /// <summary>The jobs that open calls wait for.</summary>
    internal IReadOnlyList<JobId> Awaited => [.. _openCalls.Values.OfType<JobId>()];

    /// <summary>Starts no more calls, and waits until all have returned; the result describes those that do not.</summary>
    internal async Task<IReadOnlyList<string>> StopAsync()
    {
        _isStopping = true;
        await _running;
        try
        {
            await Task.WhenAll(_calls).WaitAsync(SiloProcess.Patience);
            return [];
        }
        catch (TimeoutException)
        {
            return await Task.WhenAll(_openCalls.Take(20).Select(call => DescribeAsync(call.Key, call.Value)));
        }
    }

    /// <summary>Waits until what is being enqueued now is acknowledged.</summary>
    internal async Task CatchUpAsync()
    {
        using var patience = new CancellationTokenSource(SiloProcess.Patience);
        var open = _openCalls.Where(call => call.Value is null).Select(call => call.Key).ToList();
        while (open.Exists(name => _openCalls.TryGetValue(name, out var id) && id is null))
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
    }

    private async Task<string> DescribeAsync(string name, JobId? id)
    {
        if (id is not { } acknowledged) return $"{name} is not acknowledged";
        try
        {
            var job = await client.FindAsync(acknowledged).AsTask().WaitAsync(Soon * 10);
            var state = job is null ? "it is not there" : $"{job.State} of {job.Worker}, delivered {job.Deliveries} times, due at {job.RunAt:O}";
            return $"{name} {id} in partition {acknowledged.Partition} is awaited: {state}";
        }
        catch (Exception e)
        {
            return $"{name} {id} in partition {acknowledged.Partition} is awaited, and cannot be found: {e.Message}";
        }
    }

    private async Task RunAsync()
    {
        var random = new Random(seed);
        for (var i = 0; !_isStopping; i++)
        {
            var kind = random.Next(10);
            var job = new CrashJob($"j{i}", Fails: random.Next(8) == 0 ? 1 : 0, HoldMilliseconds: random.Next(10) == 0 ? random.Next(50, 250) : 0);
            if (Volatile.Read(ref _open) < MaxOpenCalls)
            {
                Interlocked.Increment(ref _open);
                _calls.Add(Task.Run(() => CallAsync(kind, job)));
            }

            await Task.Delay(Pace, TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task CallAsync(int kind, CrashJob job)
    {
        _openCalls[job.Name] = null;
        try
        {
            switch (kind)
            {
                case < 5:
                    await FollowAsync(await EnqueueAsync(job, null));
                    break;
                case < 7:
                    await EnqueueAsync(job, null);
                    break;
                case < 8:
                    await EnqueueAsync(job, options => options.After(TimeSpan.FromMilliseconds(300)));
                    break;
                case < 9:
                    await EnqueueNamedAsync(job, JobId.FromName(CrashTasks.Spread, job.Name));
                    break;
                default:
                    await GiveUpAsync(await EnqueueAsync(job, options => options.After(TimeSpan.FromSeconds(3))));
                    break;
            }
        }
        catch (Exception e)
        {
            log.Tell(CrashEvent.Client, "fault", job.Name, e.ToString());
        }
        finally
        {
            _openCalls.TryRemove(job.Name, out _);
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task<JobHandle<string>> EnqueueAsync(CrashJob job, Action<EnqueueOptions>? configure)
    {
        var before = Stopwatch.GetTimestamp();
        var handle = await client.EnqueueAsync(CrashTasks.Run, job, options => configure?.Invoke(options));
        lock (_gate) _enqueues.Add(Stopwatch.GetElapsedTime(before));
        log.Tell(CrashEvent.Client, "ack", handle.Id.ToString());
        _openCalls[job.Name] = handle.Id;
        return handle;
    }

    private async Task EnqueueNamedAsync(CrashJob job, JobId id)
    {
        try
        {
            await EnqueueAsync(job, options => options.WithId(id));
        }
        catch (DuplicateJobException)
        {
            // The name is this call's alone, so an answer was lost; the job is there, and only once.
            log.Tell(CrashEvent.Client, "ack", id.ToString());
        }
    }

    private async Task FollowAsync(JobHandle<string> handle) => log.Tell(CrashEvent.Client, "got", handle.Id.ToString(), await handle.ResultAsync());

    /// <summary>A wait that has a time-out ends with it, whatever silos do.</summary>
    private async Task GiveUpAsync(JobHandle<string> handle)
    {
        var before = Stopwatch.GetTimestamp();
        try
        {
            await handle.WaitAsync(Soon);
        }
        catch (JobWaitTimeoutException)
        {
            lock (_gate) _overruns.Add(Stopwatch.GetElapsedTime(before) - Soon);
        }

        await FollowAsync(handle);
    }
}

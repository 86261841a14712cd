using System.Globalization;
using Jobs.Core;

namespace Jobs.CrashWorker;

/// <summary>The tasks and handlers of the load, and the service that they run in.</summary>
internal sealed class CrashWork(Journal journal, WorkerOptions options)
{
    internal static readonly QueueName Spread = "spread";

    /// <summary>Lost deliveries count for nothing, so the number of an attempt says how many attempts have failed.</summary>
    internal static readonly ResultTask<CrashJob, string> Plain = ResultTask.Create<CrashJob, string>("plain", Configure);

    internal static readonly ResultTask<CrashJob, string> Other = ResultTask.Create<CrashJob, string>("other", o =>
    {
        Configure(o);
        o.Queue = Spread;
        o.MaxConcurrency = 6;
    });

    private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _runs;

    /// <summary>Ends the jobs that hold.</summary>
    internal void LetGo() => _letGo.TrySetResult();

    internal EmbeddedEngine Create(Action<JobsBuilder>? configure = null) => EmbeddedJobs.Create(jobs =>
    {
        options.ApplyTo(jobs);

        // A process that was killed keeps the next one from its partitions for so long.
        jobs.OwnerLease = TimeSpan.FromMilliseconds(300);
        jobs.Queue(QueueName.Default, queue => queue.Concurrency = 24);
        jobs.Queue(Spread, queue =>
        {
            queue.Concurrency = 12;
            queue.Partitions = 3;
        });
        jobs.Handle(Plain, RunAsync).Handle(Other, RunAsync);
        jobs.AddObserver(new CompletionObserver(journal));
        configure?.Invoke(jobs);
    });

    private static void Configure(TaskOptions options)
    {
        options.MaxAttempts = JobOptions.UnlimitedAttempts;
        options.CountLostDeliveries = false;
        options.Backoff = RetryPolicy.Constant(TimeSpan.FromMilliseconds(2));
    }

    private async Task<string> RunAsync(CrashJob payload, JobContext job)
    {
        var id = job.Id.ToString();
        var result = string.Create(CultureInfo.InvariantCulture, $"{payload.Name}/{options.Run}/{Interlocked.Increment(ref _runs)}");
        journal.Tell("start", id, payload.Name, payload.Group ?? "-", payload.Unique ?? "-");
        for (var i = 0; i < payload.Yields; i++) await Task.Yield();
        if (payload.Holds) await _letGo.Task.WaitAsync(job.Cancellation);
        if (job.Attempt <= payload.Fails)
        {
            journal.Tell("fail", id);
            throw new InvalidOperationException($"Attempt {job.Attempt} fails as it should.");
        }

        journal.Tell("end", id, result);
        return result;
    }
}

using System.Collections.Concurrent;

namespace Jobs.Core;

/// <summary>
/// Counts what happens in this process, by queue and task: an observer, so a service that does not ask for it
/// (<see cref="JobsBuilder.AddStatistics"/>) pays nothing. Kept in memory only. Safe for many threads.
/// </summary>
/// <param name="clock">The clock by which the last minute is told; default the system's.</param>
public sealed class JobStatistics(TimeProvider? clock = null) : IJobObserver
{
    /// <summary>How many pairs of queue and task are told apart: 1,000. Further ones are counted together as <see cref="OtherTask"/>.</summary>
    public const int MaxSeries = 1000;

    /// <summary>The task under which jobs are counted when there are more than <see cref="MaxSeries"/>.</summary>
    public const string OtherTask = "(other)";

    /// <summary>The task under which <see cref="TotalOf"/> answers.</summary>
    public const string AllTasks = "(all)";

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly ConcurrentDictionary<(QueueName Queue, string Task), TaskRecorder> _series = new();

    /// <summary>What happened since the start, sorted by queue and task.</summary>
    public IReadOnlyList<TaskStatistics> Tasks
    {
        get
        {
            var now = _clock.GetUtcNow();
            return [.. _series.Values.Select(s => s.Read(now)).OrderBy(s => s.Queue.Value, StringComparer.Ordinal).ThenBy(s => s.Task, StringComparer.Ordinal)];
        }
    }

    /// <summary>What happened since the start to one task on one queue; zeros if nothing did.</summary>
    public TaskStatistics Of(QueueName queue, string task) =>
        _series.TryGetValue((queue, task), out var series) ? series.Read(_clock.GetUtcNow()) : new TaskStatistics { Queue = queue, Task = task };

    /// <summary>What happened since the start to all tasks of a queue together, or of all queues; <see cref="AllTasks"/> stands for the task.</summary>
    /// <param name="queue">The queue; null means all of them, and the default one is named in the answer.</param>
    public TaskStatistics TotalOf(QueueName? queue = null)
    {
        var total = new TaskRecorder(queue ?? QueueName.Default, AllTasks);
        foreach (var (key, series) in _series)
        {
            if (queue is null || key.Queue == queue) series.AddTo(total);
        }

        return total.Read(_clock.GetUtcNow());
    }

    /// <summary>Reads a queue: its counts from the store, its ready jobs up to 1,000, and what happened here. Three questions to the store.</summary>
    public async ValueTask<QueueStatistics> ReadAsync(IJobClient client, QueueName queue, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        var counts = await client.CountAsync(queue, cancellation).ConfigureAwait(false);
        var ready = await client.ListAsync(
            new JobQuery { Queue = queue, States = [JobState.Pending], PageJobs = JobQuery.MaxPageJobs, NewestFirst = false },
            cancellation).ConfigureAwait(false);
        var byTask = ready.GroupBy(job => job.Task, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);
        var tasks = _series.Keys.Where(key => key.Queue == queue).Select(key => key.Task).Union(byTask.Keys, StringComparer.Ordinal);
        return new QueueStatistics
        {
            Queue = queue,
            At = _clock.GetUtcNow(),
            Counts = counts,
            OldestPendingDueAt = ready.Count == 0 ? null : ready[0].RunAt,
            PendingByTaskIsExact = ready.Count < JobQuery.MaxPageJobs,
            Tasks =
            [
                .. tasks.Order(StringComparer.Ordinal).Select(task => byTask.TryGetValue(task, out var jobs)
                    ? Of(queue, task) with { Pending = jobs.Count, OldestPendingDueAt = jobs[0].RunAt }
                    : Of(queue, task)),
            ],
        };
    }

    void IJobObserver.Enqueued(JobSnapshot job) => Series(job).Count(static s => s with { Enqueued = s.Enqueued + 1 });

    void IJobObserver.Started(JobSnapshot job) => Series(job).Started(Between(job.RunAt, job.StartedAt));

    void IJobObserver.Completed(JobSnapshot job)
    {
        var series = Series(job);
        series.Completed(job.FinishedAt ?? _clock.GetUtcNow());
        series.Ran(Between(job.StartedAt, job.FinishedAt));
    }

    void IJobObserver.WillRetry(JobSnapshot job, JobError error)
    {
        var series = Series(job);
        series.Count(static s => s with { Retried = s.Retried + 1 });
        series.Ran(Between(job.StartedAt, error.At));
    }

    void IJobObserver.Rescheduled(JobSnapshot job) => Series(job).Count(static s => s with { Rescheduled = s.Rescheduled + 1 });

    void IJobObserver.Dead(JobSnapshot job)
    {
        var series = Series(job);
        series.Count(static s => s with { Dead = s.Dead + 1 });
        series.Ran(Between(job.StartedAt, job.FinishedAt));
    }

    void IJobObserver.Cancelled(JobSnapshot job) => Series(job).Count(static s => s with { Cancelled = s.Cancelled + 1 });

    void IJobObserver.Discarded(JobSnapshot job) => Series(job).Count(static s => s with { Discarded = s.Discarded + 1 });

    private static TimeSpan Between(DateTimeOffset? from, DateTimeOffset? to) =>
        from is { } start && to is { } end && end > start ? end - start : TimeSpan.Zero;

    private TaskRecorder Series(JobSnapshot job)
    {
        var key = (job.Queue, job.Task);
        if (_series.TryGetValue(key, out var series)) return series;
        if (_series.Count >= MaxSeries) key = (QueueName.Default, OtherTask);
        return _series.GetOrAdd(key, static k => new TaskRecorder(k.Queue, k.Task));
    }
}

using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>Counts, durations and waits by queue and task.</summary>
public abstract class StatisticsContract(IEngineFixture fixture) : EngineContract(fixture)
{
    [Fact]
    public async Task Everything_that_happens_to_jobs_is_counted()
    {
        var times = 0;
        var statistics = new JobStatistics(Clock);
        var ends = new Recording<JobState>();
        var client = await StartClientAsync(b => b.AddStatistics(statistics).AddObserver(new EndObserver(ends)).Queue("still", q => q.Concurrency = 0)
            .Handle(Measure, (text, _) => Task.FromResult(text.Length))
            .Handle(Work, Task<JobOutcome> (text, job) => Task.FromResult(text switch
            {
                "retry" when job.Attempt == 1 => JobOutcome.Retry("again", TimeSpan.Zero),
                "later" when Interlocked.Increment(ref times) == 1 => JobOutcome.RescheduleAfter(Second),
                "dead" => JobOutcome.DeadLetter("bad"),
                "drop" => JobOutcome.Discard("not needed"),
                _ => JobOutcome.Done(),
            })));
        var handles = await client.EnqueueManyAsync(Work, ["retry", "later", "dead", "drop", "plain"]).Soon();
        var still = await client.EnqueueAsync(Work, "cancel", o => o.On("still")).Soon();
        await client.CancelAsync(still.Id).Soon();
        await client.RunAsync(Measure, "abc").Soon();
        foreach (var handle in handles) await AdvanceUntil(Second, EndOf(handle));
        await ends.Reaches(7).Soon();

        var work = statistics.Of("default", "work");
        Assert.Equal((5, 7, 3, 1, 1, 1, 1), (work.Enqueued, work.Started, work.Completed, work.Retried, work.Rescheduled, work.Dead, work.Discarded));
        Assert.Equal((7, 5), (work.Wait.Count, work.Run.Count));
        var held = statistics.Of("still", "work");
        Assert.Equal((1, 1, 1), (statistics.Of("default", "measure").Completed, held.Enqueued, held.Cancelled));
        Assert.Equal(["default/measure", "default/work", "still/work"], statistics.Tasks.Select(t => $"{t.Queue}/{t.Task}"));
        Assert.Equal(new TaskStatistics { Queue = "none", Task = "none" }, statistics.Of("none", "none"));

        var (all, queue) = (statistics.TotalOf(), statistics.TotalOf("default"));
        Assert.Equal((JobStatistics.AllTasks, 7, 8, 4, 1, 1, 1, 1, 1),
            (all.Task, all.Enqueued, all.Started, all.Completed, all.Retried, all.Rescheduled, all.Dead, all.Discarded, all.Cancelled));
        Assert.Equal((6, 8, 6, 0), (queue.Enqueued, queue.Wait.Count, queue.Run.Count, queue.Cancelled));
        Assert.Equal(0, statistics.TotalOf("none").Enqueued);
    }

    [Fact]
    public async Task Waits_and_durations_are_measured_and_the_last_minute_passes()
    {
        var statistics = new JobStatistics(Clock);
        var held = new HeldHandler();
        var ends = new Recording<JobState>();
        var client = await StartClientAsync(b => b.AddStatistics(statistics).AddObserver(new EndObserver(ends))
            .Queue("default", q => q.Concurrency = 1).Handle(Work, held.RunAsync));
        await client.EnqueueManyAsync(Work, ["a", "b"]).Soon();
        await held.Runs.Reaches(1).Soon();
        Clock.Advance(Second * 10);
        held.Release();
        await held.Runs.Reaches(2).Soon();
        Clock.Advance(Second * 20);
        held.Release();
        await ends.Reaches(2).Soon();
        var work = statistics.Of("default", "work");
        Assert.Equal((TimeSpan.Zero, Second * 10, Second * 5), (Near(work.Wait.P50), Near(work.Wait.P99), Near(work.Wait.Mean)));
        Assert.Equal((Second * 10, Second * 20, Second * 15), (Near(work.Run.P50), Near(work.Run.Max), Near(work.Run.Mean)));
        Assert.Equal((2, 2 / 60.0), (work.CompletedLastMinute, work.CompletedPerSecond));
        Assert.Equal((2, Second * 20), statistics.TotalOf() is var all ? (all.CompletedLastMinute, Near(all.Run.Max)) : default);
        Clock.Advance(Second * 45);
        Assert.Equal(1, statistics.Of("default", "work").CompletedLastMinute);
        Clock.Advance(Second * 45);
        Assert.Equal((0, 2), (statistics.Of("default", "work").CompletedLastMinute, statistics.Of("default", "work").Completed));
    }

    [Fact]
    public async Task What_waits_is_read_from_the_store()
    {
        var statistics = new JobStatistics(Clock);
        var client = await StartClientAsync(b => b.AddStatistics(statistics).Queue("default", q => q.Concurrency = 0)
            .Handle(Work, (_, _) => Task.CompletedTask).Handle(Other, (_, _) => Task.CompletedTask));
        var due = Now;
        await client.EnqueueManyAsync(Work, ["a", "b"]).Soon();
        Clock.Advance(Minute);
        await client.EnqueueAsync(Other, "c").Soon();
        await client.EnqueueAsync(Other, "d", o => o.After(Minute)).Soon();
        var queue = await statistics.ReadAsync(client, "default").Soon();
        Assert.Equal((new JobCounts { Pending = 3, Scheduled = 1 }, (DateTimeOffset?)due, Minute, true),
            (queue.Counts, queue.OldestPendingDueAt, queue.OldestPendingAge, queue.PendingByTaskIsExact));
        Assert.Equal([("other", 1, due + Minute), ("work", 2, due)], queue.Tasks.Select(t => (t.Task, t.Pending, t.OldestPendingDueAt!.Value)));
        var none = await statistics.ReadAsync(client, "empty").Soon();
        Assert.Equal((0L, null, TimeSpan.Zero, 0), (none.Counts.Unfinished, none.OldestPendingDueAt, none.OldestPendingAge, none.Tasks.Count));
    }

    /// <summary>A percentile is right within 3 %.</summary>
    private static TimeSpan Near(TimeSpan measured) => TimeSpan.FromSeconds(Math.Round(measured.TotalSeconds * 2, MidpointRounding.ToEven) / 2) is var half
        && Math.Abs((measured - half).TotalSeconds) <= 0.03 * half.TotalSeconds ? half : measured;

    /// <summary>Is told after the statistics, which come first. Whoever waits for a job may know of its end before both.</summary>
    private sealed class EndObserver(Recording<JobState> ends) : IJobObserver
    {
        public void Completed(JobSnapshot job) => ends.Add(job.State);

        public void Dead(JobSnapshot job) => ends.Add(job.State);

        public void Discarded(JobSnapshot job) => ends.Add(job.State);

        public void Cancelled(JobSnapshot job) => ends.Add(job.State);
    }
}

using System.Diagnostics.Metrics;
using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>What the meter of the service tells.</summary>
public abstract class MetricsContract(IEngineFixture fixture) : EngineContract(fixture)
{
    [Fact]
    public async Task Enqueues_waits_and_runs_are_measured()
    {
        // Meters are the process's, so other tests are heard too: a name of its own tells the jobs of this one.
        var task = TaskDefinition.Create<string>($"measured-{Guid.NewGuid():n}", o => o.MaxAttempts = 1);
        var measured = new Recording<(string Instrument, double Value, string? Queue, string? Outcome)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == JobsMetrics.MeterName) l.EnableMeasurementEvents(instrument);
        };
        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var named = tags.ToArray().ToDictionary(t => t.Key, t => t.Value);
            if (Equals(named.GetValueOrDefault("task"), task.Name))
                measured.Add((instrument.Name, value, (string?)named["queue"], (string?)named.GetValueOrDefault("outcome")));
        }

        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();

        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Queue("side", q => q.Concurrency = 1).Handle(task, async (text, job) =>
        {
            await held.RunAsync(text, job);
            if (text == "bad") throw new FormatException();
        }));
        var handles = await client.EnqueueManyAsync(task, ["good", "bad"], o => o.On("side")).Soon();
        await held.Runs.Reaches(1).Soon();
        Clock.Advance(10 * Second);
        held.Release();
        await held.Runs.Reaches(2).Soon();
        Clock.Advance(20 * Second);
        held.Release();
        foreach (var handle in handles) await EndOf(handle);

        var all = await measured.Reaches(6).Soon();
        Assert.All(all, m => Assert.Equal("side", m.Queue));
        Assert.Equal(2, all.Where(m => m.Instrument == "jobs.enqueued").Sum(m => m.Value));
        Assert.Equal([0, 10], all.Where(m => m.Instrument == "jobs.wait.duration").Select(m => m.Value));
        Assert.Equal([(10, "Succeeded"), (20, "Failed")], all.Where(m => m.Instrument == "jobs.run.duration").Select(m => ((int)m.Value, m.Outcome!)));
    }

    [Fact]
    public async Task After_upgrades_each_run_is_measured_once()
    {
        var task = TaskDefinition.Create<string>($"upgraded-{Guid.NewGuid():n}");
        var runs = new Recording<double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument is { Meter.Name: JobsMetrics.MeterName, Name: "jobs.run.duration" }) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
        {
            if (tags.ToArray().Any(t => t.Key == "task" && Equals(t.Value, task.Name))) runs.Add(value);
        });
        listener.Start();
        var engine = await StartAsync(b => b.Handle(task, (_, _) => Task.CompletedTask));
        for (var upgrade = 1; upgrade <= 3; upgrade++)
        {
            await engine.Client.RunAsync(task, "x").Soon();
            await engine.Control.UpgradeAsync(u => u.Queue("default").Handle(task, (_, _) => Task.CompletedTask)).Soon();
        }

        await engine.Client.RunAsync(task, "x").Soon();
        await runs.Reaches(4).Soon();
        await engine.StopAsync().Soon();
        Assert.Equal(4, runs.Items.Count);
    }

    [Fact]
    public async Task What_is_unfinished_is_told_by_queue_and_state_with_the_age_of_the_oldest()
    {
        var queue = $"deep-{Guid.NewGuid():n}";
        using var collected = new CollectedQueue(queue);
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Queue(queue, q => q.Concurrency = 1).Handle(Work, held.RunAsync));
        var due = Now;
        var handles = await client.EnqueueManyAsync(Work, ["a", "b", "c"], o => o.On(queue)).Soon();
        var later = await client.EnqueueAsync(Work, "d", o => o.On(queue).After(TimeSpan.FromDays(365))).Soon();
        await held.Runs.Reaches(1).Soon();
        // Once more if a start is not written yet, which it is a moment after its job was handed out.
        do
        {
            Clock.Advance(10 * Minute);
            await collected.Reaches(() => Math.Abs(collected.OldestDueAge - (Now - due).TotalSeconds) < 0.1).Soon();
        }
        while ((collected.Depth(JobState.Pending), collected.Depth(JobState.Running)) != (2, 1));
        Assert.Equal((1, 0), (collected.Depth(JobState.Scheduled), collected.Depth(JobState.Retrying)));

        await client.CancelAsync(later.Id).Soon();
        held.Release(3);
        foreach (var handle in handles) await EndOf(handle);
        Clock.Advance(10 * Minute);
        await collected.Reaches(() => Enum.GetValues<JobState>().All(state => collected.Depth(state) == 0)).Soon();
        Assert.Equal(0, collected.OldestDueAge);
    }

    [Fact]
    public async Task Jobs_that_are_to_run_later_or_lose_their_worker_are_counted()
    {
        var again = NewTask("again");
        var leased = NewTask("leased");
        var measured = new Recording<(string Instrument, string Task, string? Outcome)>();
        using var listener = Listen(name => name is "jobs.rescheduled" or "jobs.rescued", (instrument, _, tags) =>
        {
            if (tags["task"] is string task && (task == again.Name || task == leased.Name))
                measured.Add((instrument, task, (string?)tags.GetValueOrDefault("outcome")));
        });
        var runs = 0;
        var client = await StartClientAsync(b => b.Accept(leased).Handle(again, Task<JobOutcome> (_, _) =>
            Task.FromResult(Interlocked.Increment(ref runs) == 1 ? JobOutcome.RescheduleAfter(Second) : JobOutcome.Done())));
        await AdvanceUntil(Second, EndOf(await client.EnqueueAsync(again, "x").Soon()));
        Assert.Equal([("jobs.rescheduled", again.Name, null)], await measured.Reaches(1).Soon());

        await client.EnqueueAsync(leased, "x").Soon();
        Assert.Single(await client.TakeAsync(leased, new() { Length = Minute, Wait = Second }).Soon());
        var second = Assert.Single(await PassUntil(client, Minute, client.TakeAsync(leased, new() { Length = Minute, Wait = 9 * Minute }).AsTask()));
        await second.AckAsync().Soon();
        Assert.Equal(("jobs.rescued", leased.Name, "Pending"), (await measured.Reaches(2).Soon())[1]);
        Assert.Equal(2, measured.Items.Count);
    }

    [Fact]
    public async Task The_names_of_other_systems_are_published_when_they_are_asked_for()
    {
        var task = NewTask("named");
        var measured = new Recording<(string Instrument, double Value, string Tags)>();
        using var listener = ListenToOtherNames(task, (instrument, value, tags) => measured.Add((instrument, value, tags)));
        var client = await StartClientAsync(b => b.UseMetricNames(MetricNames.Gue).UseMetricNames(MetricNames.BgJob).Handle(task, Fails));
        await EndOf(await client.EnqueueAsync(task, "good").Soon());
        Assert.Equal([0, 1], (await measured.Reaches(6).Soon()).Where(m => m.Instrument.Contains("duration", StringComparison.Ordinal)).Select(m => m.Value));

        // Its time moves while the second attempt may be running.
        var bad = await client.EnqueueAsync(task, "bad", o => (o.MaxAttempts, o.Backoff) = (2, RetryPolicy.Constant(Minute))).Soon();
        await AdvanceUntil(Minute, EndOf(bad));
        var all = (await measured.Reaches(17).Soon()).GroupBy(m => (m.Instrument, m.Tags)).ToDictionary(g => g.Key, g => g.Count());
        var (type, queueAndType) = ($"job-type={task.Name}", $"queue=default, job_type={task.Name}");
        Assert.Equal(new Dictionary<(string, string), int>
        {
            [("gue_client_enqueue", $"{type}, success=True")] = 2,
            [("gue_client_lock_job", $"{type}, success=True")] = 3,
            [("gue_worker_jobs_worked", $"{type}, success=True")] = 1,
            [("gue_worker_jobs_worked", $"{type}, success=False")] = 2,
            [("gue_worker_jobs_duration", type)] = 3,
            [("bgjob_execute_duration_ms", queueAndType)] = 3,
            [("bgjob_execute_success_count", queueAndType)] = 1,
            [("bgjob_execute_retry_count", queueAndType)] = 1,
            [("bgjob_execute_dlq_count", queueAndType)] = 1,
        }, all);
    }

    [Fact]
    public async Task Only_the_names_that_were_asked_for_are_published()
    {
        var (none, some) = (NewTask("unnamed"), NewTask("named"));
        var measured = new Recording<string>();
        using var nothing = ListenToOtherNames(none, (instrument, _, _) => measured.Add(instrument));
        using var listener = ListenToOtherNames(some, (instrument, _, _) => measured.Add(instrument));
        var plain = await StartAsync(b => b.Handle(none, Fails));
        await EndOf(await plain.Client.EnqueueAsync(none, "good").Soon());
        await plain.StopAsync().Soon();
        Assert.Empty(measured.Items);

        var named = await StartAsync(b => b.UseMetricNames(MetricNames.BgJob).Handle(some, Fails));
        await AdvanceUntil(Minute, EndOf(await named.Client.EnqueueAsync(some, "good").Soon()));
        await measured.Reaches(2).Soon();
        await named.StopAsync().Soon();
        Assert.Equal(["bgjob_execute_duration_ms", "bgjob_execute_success_count"], measured.Items.Order());
    }

    private static TaskDefinition<string> NewTask(string name) => TaskDefinition.Create<string>($"{name}-{Guid.NewGuid():n}");

    private static Task Fails(string text, JobContext job) => text == "bad" ? throw new FormatException() : Task.CompletedTask;

    /// <summary>Hears what the names of other systems tell of a task.</summary>
    private static MeterListener ListenToOtherNames(TaskDefinition task, Action<string, double, string> note) => Listen(
        name => name.StartsWith("gue_", StringComparison.Ordinal) || name.StartsWith("bgjob_", StringComparison.Ordinal),
        (instrument, value, tags) =>
        {
            if (tags.ContainsValue(task.Name)) note(instrument, value, string.Join(", ", tags.Select(t => $"{t.Key}={t.Value}")));
        });

    private static MeterListener Listen(Func<string, bool> wanted, Action<string, double, Dictionary<string, object?>> note)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == JobsMetrics.MeterName && wanted(instrument.Name)) l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => note(i.Name, value, tags.ToArray().ToDictionary(t => t.Key, t => t.Value)));
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => note(i.Name, value, tags.ToArray().ToDictionary(t => t.Key, t => t.Value)));
        listener.Start();
        return listener;
    }

    /// <summary>What the gauges tell of one queue. Each process tells its share, and one collection is the sum.</summary>
    private sealed class CollectedQueue : IDisposable
    {
        private readonly MeterListener _listener;
        private readonly Dictionary<string, double> _sums = [];

        internal CollectedQueue(string queue) => _listener = Listen(
            name => name.StartsWith("jobs.queue.", StringComparison.Ordinal),
            (instrument, value, tags) =>
            {
                if (!Equals(tags["queue"], queue)) return;
                var key = $"{instrument} {tags.GetValueOrDefault("state")}";
                _sums[key] = _sums.GetValueOrDefault(key) + value;
            });

        internal double OldestDueAge => _sums.GetValueOrDefault("jobs.queue.oldest_due.age ");

        public void Dispose() => _listener.Dispose();

        internal double Depth(JobState state) => _sums.GetValueOrDefault($"jobs.queue.depth {state}");

        /// <summary>
        /// Collects until something holds. If time has passed, one of the collections asks for a reading, which later ones tell; that of an
        /// earlier time may still be under way, and comes first.
        /// </summary>
        internal async Task Reaches(Func<bool> holds)
        {
            do
            {
                await Task.Yield();
                _sums.Clear();
                _listener.RecordObservableInstruments();
            }
            while (_sums.Count == 0 || !holds());
        }
    }
}

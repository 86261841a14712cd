using System.Diagnostics.Metrics;
using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>What stands around enqueue and run, and who hears of every step (A11).</summary>
public abstract class MiddlewareContract(IEngineFixture fixture) : EngineContract(fixture)
{
    [Fact]
    public async Task The_first_run_middleware_is_the_outermost()
    {
        var log = new Recording<string>();
        var client = await StartClientAsync(b => b
            .UseRunMiddleware(_ => new Around(log, "outer"))
            .UseRunMiddleware(_ => new Around(log, "inner"))
            .Handle(Work, (_, _) =>
            {
                log.Add("handler");
                return Task.CompletedTask;
            }));
        await client.RunAsync(Work, "x").Soon();
        Assert.Equal(["outer in", "inner in", "handler", "inner Completed", "outer Completed"], log.Items);
    }

    [Fact]
    public async Task A_run_middleware_sees_the_jobs_request()
    {
        var seen = new Recording<string?>();
        var client = await StartClientAsync(b => b
            .UseRunMiddleware(_ => new Custom((job, next) =>
            {
                seen.Add(JobRequest.Id);
                return next(job);
            }))
            .Handle(Work, (_, _) => Task.CompletedTask));
        await client.RunAsync(Work, "x", o => o.RequestId = "r").Soon();
        Assert.Equal(["r"], seen.Items);
    }

    [Fact]
    public async Task A_run_middleware_may_decide_without_the_handler_and_change_the_outcome()
    {
        var client = await StartClientAsync(b => b
            .UseRunMiddleware(_ => new Custom(async (job, next) => job.Tags.Contains("skip")
                ? JobOutcome.Discard("skipped")
                : await next(job) is JobOutcome.Dropped ? JobOutcome.DeadLetter("worse") : JobOutcome.Done()))
            .Handle(Work, (_, _) => Task.FromResult(JobOutcome.Discard("by the handler"))));
        Assert.Equal("skipped", (await EndOf(await client.EnqueueAsync(Work, "x", o => o.WithTag("skip")).Soon())).Reason);
        Assert.Equal("worse", (await EndOf(await client.EnqueueAsync(Work, "x").Soon())).LastError!.Message);
    }

    [Fact]
    public async Task A_run_middleware_that_throws_or_returns_null_fails_the_attempt()
    {
        var client = await StartClientAsync(b => b
            .UseRunMiddleware(_ => new Custom((job, _) => job.Tags.Contains("throw") ? throw new FormatException("around") : new((JobOutcome)null!)))
            .Handle(Work, (_, _) => Task.CompletedTask));
        var thrown = await EndOf(await client.EnqueueAsync(Work, "x", o => o.WithTag("throw").MaxAttempts = 1).Soon());
        Assert.Equal((JobState.Dead, "around"), (thrown.State, thrown.LastError!.Message));
        var nothing = await EndOf(await client.EnqueueAsync(Work, "x", o => o.MaxAttempts = 1).Soon());
        Assert.Equal((JobState.Dead, typeof(InvalidHandlerResultException).FullName), (nothing.State, nothing.LastError!.Type));
    }

    [Fact]
    public async Task Enqueue_middleware_sees_changes_and_refuses_jobs()
    {
        var log = new Recording<string>();
        var client = await StartClientAsync(b => b
            .UseEnqueueMiddleware(_ => new Gatekeeper(log, "outer"))
            .UseEnqueueMiddleware(_ => new Gatekeeper(log, "inner"))
            .Handle(Work, (_, _) => Task.CompletedTask));
        var handles = await client.EnqueueManyAsync(Work, ["a", "b"]).Soon();
        Assert.Equal(["outer 2", "inner 2", "inner done", "outer done"], log.Items);
        foreach (var handle in handles) Assert.Equal("outer", (await EndOf(handle)).Headers["first"]);

        var before = await client.CountAsync().Soon();
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => client.EnqueueAsync(Work, "x", o => o.WithTag("forbidden")).Soon());
        Assert.Equal(before, await client.CountAsync().Soon());
    }

    [Fact]
    public async Task Observers_hear_of_every_step_and_one_that_throws_harms_nobody()
    {
        var events = new Recording<(string Event, JobId Id)>();
        var engine = await StartAsync(b => b
            .AddObserver(new Thrower())
            .AddObserver(new Listener(events))
            .AddObserver(_ => new Listener(new Recording<(string, JobId)>()))
            .Handle(Work, (text, job) => Task.FromResult<JobOutcome>((text, job.Attempt, job.Headers.Count) switch
            {
                ("retry", 1, _) => JobOutcome.Retry("again", TimeSpan.Zero),
                ("bury", _, _) => JobOutcome.DeadLetter("x"),
                ("drop", _, _) => JobOutcome.Discard("x"),
                ("later", _, _) => JobOutcome.RescheduleAfter(Minute),
                _ => JobOutcome.Done(),
            })));
        var client = engine.Client;
        var ids = new Dictionary<string, JobId>();
        foreach (var text in (string[])["done", "retry", "bury", "drop"])
        {
            var handle = await client.EnqueueAsync(Work, text).Soon();
            ids[text] = handle.Id;
            await EndOf(handle);
        }

        var cancelled = await client.EnqueueAsync(Work, "x", o => o.After(Minute)).Soon();
        await cancelled.CancelAsync().Soon();
        var later = await client.EnqueueAsync(Work, "later").Soon();
        await events.Reaches(19).Soon();
        await engine.StopAsync().Soon();

        string[] Of(JobId id) => [.. events.Items.Where(e => e.Id == id).Select(e => e.Event)];
        Assert.Equal(["Enqueued", "Started", "Completed"], Of(ids["done"]));
        Assert.Equal(["Enqueued", "Started", "WillRetry", "Started", "Completed"], Of(ids["retry"]));
        Assert.Equal(["Enqueued", "Started", "Dead"], Of(ids["bury"]));
        Assert.Equal(["Enqueued", "Started", "Discarded"], Of(ids["drop"]));
        Assert.Equal(["Enqueued", "Cancelled"], Of(cancelled.Id));
        Assert.Equal(["Enqueued", "Started", "Rescheduled"], Of(later.Id));
    }

    [Fact]
    public async Task A_reschedule_to_a_past_time_is_told_too()
    {
        var events = new Recording<(string Event, JobId Id)>();
        var client = await StartClientAsync(b =>
        {
            var runs = 0;
            b.AddObserver(new Listener(events)).Handle(Work, (_, _) =>
                Task.FromResult<JobOutcome>(++runs == 1 ? JobOutcome.RescheduleAt(Now - Minute) : JobOutcome.Done()));
        });
        await EndOf(await client.EnqueueAsync(Work, "x").Soon());
        Assert.Equal(["Enqueued", "Started", "Rescheduled", "Started", "Completed"], (await events.Reaches(5).Soon()).Select(e => e.Event));
    }

    [Fact]
    public async Task Observers_are_told_of_each_step_in_the_order_in_which_they_were_added()
    {
        var steps = new Recording<string>();
        var client = await StartClientAsync(b => b
            .AddObserver(new Named(steps, "first")).AddObserver(_ => new Named(steps, "second")).AddObserver(new Named(steps, "third"))
            .Handle(Work, (_, job) => job.Attempt == 1 ? throw new FormatException() : Task.CompletedTask));
        await client.EnqueueAsync(Work, "x", o => o.Backoff = RetryPolicy.None).Soon();
        var expected = ((string[])["Enqueued", "Started", "WillRetry", "Started", "Completed"])
            .SelectMany(step => ((string[])["first", "second", "third"]).Select(name => $"{name} {step}"));
        Assert.Equal(expected, await steps.Reaches(15).Soon());
    }

    [Fact]
    public async Task Around_the_applications_middleware_stand_metrics_then_recovery_then_the_request_id()
    {
        var task = TaskDefinition.Create<string>($"nested-{Guid.NewGuid():n}", o => o.MaxAttempts = 1);
        var order = new Recording<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument is { Meter.Name: JobsMetrics.MeterName, Name: "jobs.run.duration" }) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            var measured = tags.ToArray().ToDictionary(t => t.Key, t => t.Value);
            if (Equals(measured["task"], task.Name)) order.Add($"measured {measured["outcome"]}");
        });
        listener.Start();
        var client = await StartClientAsync(b => b
            .UseRunMiddleware(_ => new Custom(async (job, next) =>
            {
                // The request is known already, and what the handler throws is not caught yet.
                order.Add($"request {JobRequest.Id}");
                await Assert.ThrowsAsync<FormatException>(() => next(job).AsTask());
                order.Add("middleware");
                throw new InvalidOperationException("from the middleware");
            }))
            .Handle(task, (_, _) => throw new FormatException()));
        var dead = await EndOf(await client.EnqueueAsync(task, "x", o => o.RequestId = "r").Soon());
        Assert.Equal((JobState.Dead, "from the middleware"), (dead.State, dead.LastError!.Message));
        Assert.Equal(["request r", "middleware", "measured Failed"], await order.Reaches(3).Soon());
    }

    [Fact]
    public async Task The_end_of_a_backlog_is_told()
    {
        var empty = new Recording<QueueName>();
        var client = await StartClientAsync(b => b.AddObserver(new EmptyListener(empty)).Handle(Work, (_, _) => Task.CompletedTask));
        await client.EnqueueManyAsync(Work, ["a", "b", "c"], o => o.On("side")).Soon();
        Assert.Equal("side", (await empty.Reaches(1).Soon())[0].Value);
    }

    private sealed class Around(Recording<string> log, string name) : IRunMiddleware
    {
        public async ValueTask<JobOutcome> InvokeAsync(JobContext job, JobDelegate next)
        {
            log.Add($"{name} in");
            var outcome = await next(job);
            log.Add($"{name} {outcome.GetType().Name}");
            return outcome;
        }
    }

    private sealed class Named(Recording<string> steps, string name) : IJobObserver
    {
        public void Enqueued(JobSnapshot job) => steps.Add($"{name} Enqueued");

        public void Started(JobSnapshot job) => steps.Add($"{name} Started");

        public void Completed(JobSnapshot job) => steps.Add($"{name} Completed");

        public void WillRetry(JobSnapshot job, JobError error) => steps.Add($"{name} WillRetry");
    }

    private sealed class Custom(Func<JobContext, JobDelegate, ValueTask<JobOutcome>> invoke) : IRunMiddleware
    {
        public ValueTask<JobOutcome> InvokeAsync(JobContext job, JobDelegate next) => invoke(job, next);
    }

    private sealed class Gatekeeper(Recording<string> log, string name) : IEnqueueMiddleware
    {
        public async ValueTask<IReadOnlyList<JobHandle>> InvokeAsync(IReadOnlyList<EncodedJob> jobs, EnqueueDelegate next, CancellationToken cancellation)
        {
            if (jobs.Any(j => j.Options?.Tags.Contains("forbidden") == true)) throw new UnauthorizedAccessException();
            log.Add($"{name} {jobs.Count}");
            var options = new EnqueueOptions();
            foreach (var (key, value) in jobs[0].Options?.Headers ?? new Dictionary<string, string>()) options.Headers[key] = value;
            options.Headers.TryAdd("first", name);
            var handles = await next([.. jobs.Select(j => j with { Options = options })], cancellation);
            log.Add($"{name} done");
            return handles;
        }
    }

    private sealed class Listener(Recording<(string Event, JobId Id)> events) : IJobObserver
    {
        public void Enqueued(JobSnapshot job) => events.Add(("Enqueued", job.Id));

        public void Started(JobSnapshot job) => events.Add(("Started", job.Id));

        public void Completed(JobSnapshot job) => events.Add(("Completed", job.Id));

        public void WillRetry(JobSnapshot job, JobError error) => events.Add(("WillRetry", job.Id));

        public void Rescheduled(JobSnapshot job) => events.Add(("Rescheduled", job.Id));

        public void Dead(JobSnapshot job) => events.Add(("Dead", job.Id));

        public void Cancelled(JobSnapshot job) => events.Add(("Cancelled", job.Id));

        public void Discarded(JobSnapshot job) => events.Add(("Discarded", job.Id));
    }

    private sealed class Thrower : IJobObserver
    {
        public void Enqueued(JobSnapshot job) => throw new FormatException();

        public void Started(JobSnapshot job) => throw new FormatException();

        public void Completed(JobSnapshot job) => throw new FormatException();

        public void WillRetry(JobSnapshot job, JobError error) => throw new FormatException();

        public void Rescheduled(JobSnapshot job) => throw new FormatException();

        public void Dead(JobSnapshot job) => throw new FormatException();

        public void Cancelled(JobSnapshot job) => throw new FormatException();

        public void Discarded(JobSnapshot job) => throw new FormatException();

        public void QueueEmpty(QueueName queue) => throw new FormatException();

        public void WorkerError(Exception error) => throw new FormatException();
    }

    private sealed class EmptyListener(Recording<QueueName> empty) : IJobObserver
    {
        public void QueueEmpty(QueueName queue) => empty.Add(queue);
    }
}

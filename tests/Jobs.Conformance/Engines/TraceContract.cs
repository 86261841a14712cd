using System.Diagnostics;

namespace Jobs.Conformance.Engines;

/// <summary>What belongs to a request goes with the job: trace, request id, user (A9, C36, F5).</summary>
public abstract class TraceContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private const string OwnName = "Jobs.Conformance.Handlers";

    private static readonly ActivitySource Own = new(OwnName);

    [Fact]
    public async Task Enqueue_wait_run_and_the_spans_of_the_handler_are_one_trace()
    {
        using var caller = Caller();
        using var spans = new Exporter(caller.TraceId);
        var client = await StartClientAsync(b => b.Handle(Work, async (_, job) =>
        {
            using var inner = Own.StartActivity("inside");
            await Task.Yield();
            if (job.Attempt == 1) throw new FormatException("first try");
        }));
        var handle = await client.EnqueueAsync(Work, "x", o => o.After(Minute)).Soon();
        caller.Stop();
        await AdvanceUntil(Minute, spans.Ended.Reaches(4));
        await Waits(handle);
        await AdvanceUntil(Minute, EndOf(handle));
        var ended = await spans.Ended.Reaches(7).Soon();

        var enqueue = Assert.Single(ended, s => s.OperationName == "enqueue work");
        Assert.Equal((caller.SpanId, ActivityKind.Producer, handle.Id.ToString()), (enqueue.ParentSpanId, enqueue.Kind, enqueue.GetTagItem("job.id")));
        var (waits, runs, inside) = (Named(ended, "wait work"), Named(ended, "run work"), Named(ended, "inside"));
        Assert.All(waits.Concat(runs), span => Assert.Equal((enqueue.SpanId, handle.Id.ToString()), (span.ParentSpanId, span.GetTagItem("job.id"))));
        Assert.Equal([1, 2], runs.Select(r => (int)r.GetTagItem("job.attempt")!));
        Assert.Equal(runs.Select(r => r.SpanId), inside.Select(i => i.ParentSpanId));
        Assert.Equal([ActivityStatusCode.Error, ActivityStatusCode.Unset], runs.Select(r => r.Status));
        Assert.Equal("first try", runs[0].StatusDescription);
        Assert.All(ended, span => Assert.Equal(caller.TraceId, span.TraceId));
        var job = await handle.GetAsync().Soon();
        Assert.Equal(enqueue.Id, job.TraceParent);
    }

    [Fact]
    public async Task The_wait_lasts_from_when_the_job_was_due_to_its_start()
    {
        using var caller = Caller();
        using var spans = new Exporter(caller.TraceId);
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 1).Handle(Work, held.RunAsync));
        var first = await client.EnqueueAsync(Work, "first").Soon();
        await held.Runs.Reaches(1).Soon();
        var due = Now;
        var second = await client.EnqueueAsync(Work, "second").Soon();
        Clock.Advance(Minute);
        held.Release(2);
        await EndOf(first);
        await EndOf(second);
        var waits = Named(await spans.Ended.Reaches(6).Soon(), "wait work");
        var wait = Assert.Single(waits, w => Equals(w.GetTagItem("job.id"), second.Id.ToString()));
        Assert.Equal((due.UtcDateTime, Minute), (wait.StartTimeUtc, wait.Duration));
    }

    [Fact]
    public async Task A_refused_enqueue_is_a_failed_span_and_a_batch_is_one()
    {
        using var caller = Caller();
        using var spans = new Exporter(caller.TraceId);
        var client = await StartClientAsync(b => b.Queue("default", q => q.Concurrency = 0)
            .Handle(Work, (_, _) => Task.CompletedTask).Handle(Other, (_, _) => Task.CompletedTask));
        await client.EnqueueBatchAsync([NewJob.Of(Work, "a"), NewJob.Of(Other, "b")]).Soon();
        await Assert.ThrowsAsync<TaskNotRegisteredException>(() => client.EnqueueAsync(Measure, "x").Soon());
        Assert.Equal(caller, Activity.Current);
        var ended = await spans.Ended.Reaches(2).Soon();
        Assert.Equal([("enqueue", 2, ActivityStatusCode.Unset), ("enqueue measure", 1, ActivityStatusCode.Error)],
            ended.Select(s => (s.OperationName, (int)s.GetTagItem("job.count")!, s.Status)));
    }

    [Fact]
    public async Task Trace_state_user_and_request_go_to_the_handler_and_to_what_it_enqueues()
    {
        var seen = new Recording<(string? State, string? User, string RequestId)>();
        IJobClient? client = null;
        client = await StartClientAsync(b => b
            .Handle(Other, (_, job) =>
            {
                seen.Add((job.TraceState, job.User, job.RequestId));
                return Task.CompletedTask;
            })
            .Handle(Work, async (_, job) =>
            {
                seen.Add((job.TraceState, job.User, job.RequestId));
                await client!.EnqueueAsync(Other, "child");
            }));
        using var caller = Caller();
        caller.TraceStateString = "vendor=1";
        JobRequest.Id = "req-7";
        JobRequest.User = "user-7";
        var handle = await client.EnqueueAsync(Work, "x").Soon();
        var own = await client.EnqueueAsync(Other, "own", o => o.User = "somebody").Soon();
        (JobRequest.Id, JobRequest.User) = (null, null);
        caller.Stop();
        var nobody = await client.EnqueueAsync(Other, "nobody").Soon();
        var job = await EndOf(handle);
        Assert.Equal(("vendor=1", "user-7", "req-7"), (job.TraceState, job.User, job.RequestId));
        Assert.Equal("somebody", (await EndOf(own)).User);
        Assert.Equal((null, null), ((await EndOf(nobody)).User, (await EndOf(nobody)).TraceState));
        await seen.Reaches(4).Soon();
        Assert.Equal(2, seen.Items.Count(s => s is { User: "user-7", RequestId: "req-7" }));
        var stored = await client.GetAsync(handle.Id).Soon();
        Assert.Equal(("vendor=1", "user-7"), (stored.TraceState, stored.User));
    }

    [Fact]
    public async Task A_run_names_its_worker_and_queue()
    {
        using var caller = Caller();
        using var spans = new Exporter(caller.TraceId);
        var client = await StartClientAsync(b =>
        {
            b.WorkerName = "worker-7";
            b.Handle(Work, (_, _) => Task.CompletedTask);
        });
        await client.EnqueueAsync(Work, "x", o => o.On("side")).Soon();
        var run = Assert.Single(await spans.Ended.Reaches(3).Soon(), span => span.OperationName == "run work");
        Assert.Equal(("worker-7", "side", 1), (run.GetTagItem("job.worker"), run.GetTagItem("job.queue"), run.GetTagItem("job.attempt")));
    }

    [Fact]
    public async Task Baggage_goes_to_the_handler_and_to_what_it_enqueues()
    {
        using var caller = Caller();
        caller.AddBaggage("tenant", "north, and south");
        using var spans = new Exporter(caller.TraceId);
        var seen = new Recording<string?>();
        IJobClient? client = null;
        client = await StartClientAsync(b => b
            .Handle(Other, (_, _) => Note(seen))
            .Handle(Work, async (_, _) =>
            {
                await Note(seen);
                await client!.EnqueueAsync(Other, "child");
            }));
        await client.EnqueueAsync(Work, "x").Soon();
        Assert.Equal(["north, and south", "north, and south"], await seen.Reaches(2).Soon());

        // What the caller says himself stays, and what finds no room is left out.
        var own = await client.EnqueueAsync(Other, "x", o => o.WithHeader("baggage", "tenant=own")).Soon();
        Assert.Equal("own", (await seen.Reaches(3).Soon())[2]);
        caller.AddBaggage("long", new string('x', 5000));
        var full = await client.EnqueueAsync(Other, "x", o => o.WithHeader("h", new string('h', 8000))).Soon();
        Assert.Null((await seen.Reaches(4).Soon())[3]);
        Assert.Equal(["baggage"], (await EndOf(own)).Headers.Keys);
        Assert.Equal(["h"], (await EndOf(full)).Headers.Keys);
    }

    [Fact]
    public async Task What_is_too_long_is_refused_or_left_out()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        await Assert.ThrowsAsync<LimitExceededException>(() => client.EnqueueAsync(Work, "x", o => o.User = new string('u', 257)).Soon());
        using var caller = Caller();
        caller.TraceStateString = "v=" + new string('1', 511);
        var job = await EndOf(await client.EnqueueAsync(Work, "x").Soon());
        Assert.Equal((caller.TraceId.ToHexString(), null), (ActivityContext.Parse(job.TraceParent!, null).TraceId.ToHexString(), job.TraceState));
    }

    private static Task Note(Recording<string?> seen)
    {
        seen.Add(Activity.Current?.GetBaggageItem("tenant"));
        return Task.CompletedTask;
    }

    private static Activity Caller() => new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();

    private static List<Activity> Named(IEnumerable<Activity> spans, string name) => [.. spans.Where(s => s.OperationName == name)];

    /// <summary>Takes the spans of one trace, as an exporter does; other tests' jobs are not traced by it.</summary>
    private sealed class Exporter : IDisposable
    {
        private readonly ActivityListener _listener;

        internal Exporter(ActivityTraceId trace)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == Core.JobsActivitySource.Name || source.Name == OwnName,
                Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                    options.Parent.TraceId == trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
                ActivityStopped = Ended.Add,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        internal Recording<Activity> Ended { get; } = new();

        public void Dispose() => _listener.Dispose();
    }
}

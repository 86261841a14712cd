using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Conformance.Engines;

/// <summary>What a handler sees and does through its context (A9, D9).</summary>
public abstract class ContextContract(IEngineFixture fixture) : EngineContract(fixture)
{
    [Fact]
    public async Task The_context_tells_everything_about_the_job()
    {
        var seen = new Recording<(JobContext Job, object Facts)>();
        var client = await StartClientAsync(b =>
        {
            b.WorkerName = "worker-7";
            b.Handle(Work, (_, job) =>
            {
                seen.Add((job, (job.Id, job.Task, job.Queue, job.Attempt, job.MaxAttempts, job.Deadline, job.Worker, job.EnqueuedAt, job.RequestId)));
                Assert.Equal("\"hello\"", System.Text.Encoding.UTF8.GetString(job.Payload.Span));
                Assert.Equal(["a", "b"], job.Tags);
                Assert.Equal("v", job.Headers["X-Name"]);
                Assert.Equal("v", job.Headers["x-name"]);
                Assert.Null(job.LastError);
                Assert.False(job.Cancellation.IsCancellationRequested);
                return Task.CompletedTask;
            });
        });
        var handle = await client.EnqueueAsync(Work, "hello", o =>
        {
            o.On("side").WithTag("b").WithTag("a").WithHeader("X-Name", "v");
            o.RequestId = "req-1";
            o.Timeout = Minute;
            o.MaxAttempts = 4;
        }).Soon();
        var done = await EndOf(handle);
        Assert.Equal((JobState.Completed, null), (done.State, done.LastError?.Message));
        Assert.Equal((handle.Id, "work", (QueueName)"side", 1, 4, (DateTimeOffset?)(Now + Minute), "worker-7", Now, "req-1"), seen.Items[0].Facts);
        Assert.Equal(("worker-7", "req-1", Now), (done.Worker, done.RequestId, done.StartedAt));
        Assert.Equal(["a", "b"], done.Tags);
        Assert.Equal("v", done.Headers["x-name"]);
    }

    [Fact]
    public async Task Headers_and_tags_of_task_and_enqueue_add_up()
    {
        var task = TaskDefinition.Create<string>("labelled", o =>
        {
            o.Tags.Add("of-task");
            o.Headers["who"] = "task";
            o.Headers["kept"] = "task";
        });
        var client = await StartClientAsync(b => b.Handle(task, (_, _) => Task.CompletedTask));
        var job = await EndOf(await client.EnqueueAsync(task, "x", o => o.WithTag("of-job").WithHeader("WHO", "job")).Soon());
        Assert.Equal(["of-job", "of-task"], job.Tags);
        Assert.Equal(("job", "task", 2), (job.Headers["who"], job.Headers["kept"], job.Headers.Count));
    }

    [Fact]
    public async Task Progress_and_log_are_seen_while_the_job_runs_and_after()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Handle(Work, async (text, job) =>
        {
            job.ReportProgress(150, "over the top");
            job.ReportProgress(-1);
            job.ReportProgress(40, "on the way");
            job.Log("first");
            await held.RunAsync(text, job);
            job.ReportProgress(double.NaN, "unknown");
            job.Log("second");
        }));
        var handle = await client.EnqueueAsync(Work, "x").Soon();
        await held.Runs.Reaches(1).Soon();
        var running = await handle.GetAsync().Soon();
        Assert.Equal((JobState.Running, new JobProgress(40, "on the way")), (running.State, running.Progress));
        Assert.Equal(new JobLogLine(Now, 1, "first"), Assert.Single(running.Log));
        held.Release();
        var done = await EndOf(handle);
        Assert.Equal(new JobProgress(0, "unknown"), done.Progress);
        Assert.Equal(["first", "second"], done.Log.Select(l => l.Text));
    }

    [Fact]
    public async Task The_log_of_every_attempt_is_kept()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, job) =>
        {
            job.Log($"try {job.Attempt}");
            return job.Attempt < 3 ? throw new FormatException() : Task.CompletedTask;
        }));
        var done = await EndOf(await client.EnqueueAsync(Work, "x", o => o.Backoff = RetryPolicy.None).Soon());
        Assert.Equal([(1, "try 1"), (2, "try 2"), (3, "try 3")], done.Log.Select(l => (l.Attempt, l.Text)));
    }

    [Fact]
    public async Task Jobs_enqueued_in_a_handler_belong_to_its_request()
    {
        IJobClient? client = null;
        var inside = new Recording<string?>();
        client = await StartClientAsync(b => b
            .Handle(Measure, async (_, job) =>
            {
                inside.Add(JobRequest.Id);
                await Task.Yield();
                await client!.EnqueueAsync(Work, "child", o => o.WithId(JobId.FromName("default", "child")));
                return 0;
            })
            .Handle(Work, (_, _) => Task.CompletedTask));
        await client.RunAsync(Measure, "parent", o => o.RequestId = "the-request").Soon();
        var child = await EndOf(client.Handle(JobId.FromName("default", "child")));
        Assert.Equal("the-request", child.RequestId);
        Assert.Equal(["the-request"], inside.Items);
        Assert.Null(JobRequest.Id);
    }

    [Fact]
    public async Task The_callers_request_is_used_and_else_a_new_one_is_made()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        JobRequest.Id = "mine";
        var own = await client.EnqueueAsync(Work, "x").Soon();
        JobRequest.Id = null;
        var first = await EndOf(await client.EnqueueAsync(Work, "x").Soon());
        var second = await EndOf(await client.EnqueueAsync(Work, "x").Soon());
        Assert.Equal("mine", (await EndOf(own)).RequestId);
        Assert.False(string.IsNullOrEmpty(first.RequestId));
        Assert.NotEqual(first.RequestId, second.RequestId);
    }

    [Fact]
    public async Task A_batch_is_one_request()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask).Handle(Other, (_, _) => Task.CompletedTask));
        var handles = await client.EnqueueBatchAsync([NewJob.Of(Work, "a"), NewJob.Of(Other, "b", o => o.On("side")), NewJob.Of(Work, "c")]).Soon();
        var requests = new HashSet<string?>();
        foreach (var handle in handles) requests.Add((await EndOf(handle)).RequestId);
        Assert.NotNull(Assert.Single(requests));
    }

    [Fact]
    public async Task The_trace_of_the_caller_comes_to_the_handler()
    {
        var seen = new Recording<string?>();
        var client = await StartClientAsync(b => b.Handle(Work, (_, job) =>
        {
            seen.Add(job.TraceParent);
            return Task.CompletedTask;
        }));
        using var activity = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();
        var handle = await client.EnqueueAsync(Work, "x").Soon();
        activity.Stop();
        Assert.Equal(activity.Id, (await EndOf(handle)).TraceParent);
        Assert.Equal([activity.Id], seen.Items);
        Assert.Null((await EndOf(await client.EnqueueAsync(Work, "x").Soon())).TraceParent);
    }

    [Fact]
    public async Task Each_run_has_a_scope_of_its_own_which_is_disposed_at_its_end()
    {
        await using var services = new ServiceCollection().AddScoped<Tool>().BuildServiceProvider();
        var tools = new Recording<Tool>();
        var client = await StartClientAsync(
            b => b.Handle(Work, (_, job) =>
            {
                var tool = job.Services.GetRequiredService<Tool>();
                Assert.Same(tool, job.Services.GetRequiredService<Tool>());
                Assert.False(tool.IsDisposed);
                tools.Add(tool);
                return Task.CompletedTask;
            }),
            services);
        await client.RunAsync(Work, "x").Soon();
        await client.RunAsync(Work, "x").Soon();
        Assert.NotSame(tools.Items[0], tools.Items[1]);
        Assert.All(tools.Items, tool => Assert.True(tool.IsDisposed));
    }

    [Fact]
    public async Task A_scope_that_cannot_be_disposed_fails_the_attempt()
    {
        await using var services = new ServiceCollection().AddScoped<BadTool>().BuildServiceProvider();
        var client = await StartClientAsync(
            b => b.Handle(Work, (_, job) =>
            {
                job.Services.GetRequiredService<BadTool>();
                return Task.CompletedTask;
            }),
            services);
        var dead = await EndOf(await client.EnqueueAsync(Work, "x", o => o.MaxAttempts = 1).Soon());
        Assert.Equal((JobState.Dead, "cannot be closed"), (dead.State, dead.LastError!.Message));
    }

    [Fact]
    public async Task What_the_caller_passes_in_stays_as_it_is()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        var options = new EnqueueOptions().WithTag("t").WithHeader("h", "v");
        EncodedJob[] jobs = [new(Work, "\"a\""u8.ToArray(), options), new(Work, "\"b\""u8.ToArray(), options)];
        EncodedJob[] before = [.. jobs];
        var handles = await client.EnqueueAsync(jobs).Soon();
        foreach (var handle in handles) Assert.NotNull((await EndOf(handle)).RequestId);
        Assert.Equal(before, jobs);
        Assert.Equal((null, null, null, null), (options.RequestId, options.Id, options.Queue, options.RunAt));
        Assert.Equal(["t"], options.Tags);
        Assert.Equal(["h"], options.Headers.Keys);
    }

    private sealed class Tool : IAsyncDisposable
    {
        internal bool IsDisposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class BadTool : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => throw new FormatException("cannot be closed");
    }
}

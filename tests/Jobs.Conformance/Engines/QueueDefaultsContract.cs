namespace Jobs.Conformance.Engines;

/// <summary>What a queue says for its jobs: it holds where neither enqueue nor task says anything.</summary>
public abstract class QueueDefaultsContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private static readonly TaskDefinition<string> Plain = TaskDefinition.Create<string>("plain");
    private static readonly TaskDefinition<string> Own = TaskDefinition.Create<string>("own", o =>
    {
        o.MaxAttempts = 5;
        o.Priority = 50;
        o.LimitKey = "task";
        o.Tags.Add("task");
        o.Headers["from"] = "task";
        o.Backoff = RetryPolicy.Constant(Minute);
    });

    [Fact]
    public async Task The_enqueue_wins_over_the_task_and_the_task_over_the_queue()
    {
        var client = await StartClientAsync(b => b.Queue("mail", Describe)
            .Handle(Plain, (_, _) => Task.CompletedTask).Handle(Own, (_, _) => Task.CompletedTask));
        var elsewhere = await LookAsync(client, Plain, o => { });
        Assert.Equal((10, 0, null, 0, 0), elsewhere);
        Assert.Equal((3, 7, "queue", 1, 2), await LookAsync(client, Plain, o => o.On("mail")));
        Assert.Equal((5, 50, "task", 2, 2), await LookAsync(client, Own, o => o.On("mail")));
        Assert.Equal((9, 90, "enqueue", 3, 3), await LookAsync(client, Own, o =>
        {
            o.On("mail").WithPriority(90).WithTag("enqueue").WithHeader("from", "enqueue").WithHeader("third", "x");
            (o.MaxAttempts, o.LimitKey) = (9, "enqueue");
        }));
    }

    [Fact]
    public async Task Attempts_their_delays_and_what_becomes_of_the_record_are_the_queues()
    {
        var runs = new Recording<int>();
        var client = await StartClientAsync(b => b.Queue("mail", Describe).Handle(Own, Fail).Handle(Plain, (text, job) =>
        {
            runs.Add(job.Attempt);
            return Fail(text, job);
        }));
        var plain = await client.EnqueueAsync(Plain, "x", o => o.On("mail"));
        var own = await client.EnqueueAsync(Own, "x", o => o.On("mail"));
        await Waits(plain);
        await Waits(own);
        Assert.Equal((Now + Second, Now + Minute), ((await plain.GetAsync()).RunAt, (await own.GetAsync()).RunAt));
        for (var attempt = 2; attempt <= 3; attempt++)
        {
            await AdvanceUntil(Second, runs.Reaches(attempt));
            if (attempt == 2) await Waits(plain);
        }

        var end = await EndOf(plain);
        Assert.Equal((JobState.Discarded, 3), (end.State, end.Failures));
    }

    [Fact]
    public async Task The_time_of_an_attempt_is_the_queues()
    {
        var handler = new HeldHandler();
        var client = await StartClientAsync(b => b.Queue("mail", q => q.Jobs.Timeout = Second).Handle(Plain, handler.RunAsync));
        await client.EnqueueAsync(Plain, "x", o => o.On("mail"));
        await handler.Runs.Reaches(1).Soon();
        var run = handler.Runs.Items[0];
        Assert.Equal(Now + Second, run.Deadline);
        handler.Release();
    }

    [Fact]
    public void What_cannot_be_said_for_a_queue_is_refused()
    {
        foreach (var wrong in (Action<JobDefaults>[])
                 [
                     o => o.Queue = "other", o => o.UniqueKey = "x", o => o.Backoff = RetryPolicy.Custom((_, _) => Second),
                 ])
            Assert.Throws<InvalidJobOptionException>(() => new Jobs.Core.JobsBuilder().Queue("mail", q => wrong(q.Jobs)));
    }

    private static void Describe(Jobs.Core.QueueOptions queue)
    {
        queue.Jobs.MaxAttempts = 3;
        queue.Jobs.Priority = 7;
        queue.Jobs.LimitKey = "queue";
        queue.Jobs.Backoff = RetryPolicy.Constant(Second);
        queue.Jobs.OnExhausted = ExhaustedAction.Discard;
        queue.Jobs.Tags.Add("queue");
        queue.Jobs.Headers["from"] = "queue";
        queue.Jobs.Headers["queue"] = "queue";
    }

    private static Task Fail(string payload, JobContext job) => throw new InvalidOperationException("It fails.");

    private static async Task<(int Attempts, int Priority, string? Key, int Tags, int Headers)> LookAsync(
        IJobClient client, TaskDefinition<string> task, Action<EnqueueOptions> options)
    {
        var job = await (await client.EnqueueAsync(task, "x", options)).GetAsync();
        return (job.MaxAttempts, job.Priority.Urgency, job.LimitKey, job.Tags.Count, job.Headers.Count(h => h.Key is "from" or "queue" or "third"));
    }
}

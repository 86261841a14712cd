using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>Every bound of <see cref="JobLimits"/>: over it nothing is stored, or what is kept is cut (A14).</summary>
public abstract class LimitsContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private static readonly JobLimits Small = new()
    {
        MaxPayloadBytes = 50,
        MaxResultBytes = 40,
        MaxHeadersChars = 30,
        MaxTagsCount = 2,
        MaxTagChars = 5,
        MaxKeyChars = 6,
        MaxBatchJobs = 4,
        MaxBatchBytes = 100,
        MaxErrorChars = 12,
        MaxStackChars = 15,
        MaxErrorsCount = 3,
        MaxLogLinesCount = 4,
        MaxLogLineChars = 8,
        MaxDelayDays = 10,
    };

    public static TheoryData<string, long, long, Action<EnqueueOptions>> TooMuch => new()
    {
        { nameof(JobLimits.MaxHeadersChars), 31, 30, o => o.WithHeader("a", new string('x', 30)) },
        { nameof(JobLimits.MaxTagsCount), 3, 2, o => o.WithTag("a").WithTag("b").WithTag("c") },
        { nameof(JobLimits.MaxTagChars), 6, 5, o => o.WithTag("sixsix") },
        { nameof(JobLimits.MaxKeyChars), 7, 6, o => o.UniqueKey = "1234567" },
        { nameof(JobLimits.MaxKeyChars), 7, 6, o => o.GroupKey = "1234567" },
        { nameof(JobLimits.MaxKeyChars), 7, 6, o => o.RequestId = "1234567" },
        { nameof(JobLimits.MaxDelayDays), 11, 10, o => o.After(TimeSpan.FromDays(10.5)) },
    };

    public static TheoryData<Action<EnqueueOptions>> JustEnough => new(
    [
        o => o.WithHeader("a", new string('x', 29)),
        o => o.WithTag("fives").WithTag("b"),
        o => o.UniqueKey = "123456",
        o => o.GroupKey = "123456",
        o => o.RequestId = "123456",
        o => o.After(TimeSpan.FromDays(10)),
    ]);

    [Theory]
    [MemberData(nameof(TooMuch), DisableDiscoveryEnumeration = true)]
    public async Task Over_a_bound_nothing_is_stored(string limit, long actual, long allowed, Action<EnqueueOptions> configure)
    {
        var client = await StartClientAsync(b => Serve(b));
        var error = await Assert.ThrowsAsync<LimitExceededException>(() => client.EnqueueAsync(Work, "x", configure).Soon());
        Assert.Equal((limit, actual, allowed), (error.Limit, error.Actual, error.Allowed));
        Assert.Equal(new JobCounts(), await client.CountAsync().Soon());
    }

    [Theory]
    [MemberData(nameof(JustEnough), DisableDiscoveryEnumeration = true)]
    public async Task At_the_bound_it_is_accepted(Action<EnqueueOptions> configure)
    {
        var client = await StartClientAsync(b => Serve(b));
        await client.EnqueueAsync(Work, "x", configure).Soon();
    }

    [Fact]
    public async Task Payloads_and_batches_are_bounded()
    {
        var client = await StartClientAsync(b => Serve(b));
        await client.EnqueueAsync(Work, new string('x', 48)).Soon();
        await RequireRefused(() => client.EnqueueAsync(Work, new string('x', 49)).Soon(), nameof(JobLimits.MaxPayloadBytes), 51);
        await RequireRefused(() => client.EnqueueManyAsync(Work, ["1", "2", "3", "4", "5"]).Soon(), nameof(JobLimits.MaxBatchJobs), 5);
        await RequireRefused(
            () => client.EnqueueManyAsync(Work, [.. Enumerable.Repeat(new string('x', 40), 3)]).Soon(), nameof(JobLimits.MaxBatchBytes), 126);
        Assert.Equal(4, (await client.EnqueueManyAsync(Work, ["1", "2", "3", "4"]).Soon()).Count);
    }

    [Fact]
    public async Task A_moved_job_is_bound_by_the_longest_delay_too()
    {
        var client = await StartClientAsync(b => Serve(b));
        var handle = await client.EnqueueAsync(Work, "x", o => o.After(Minute)).Soon();
        await RequireRefused(() => client.RescheduleAsync(handle.Id, Now + TimeSpan.FromDays(11)).Soon(), nameof(JobLimits.MaxDelayDays), 11);
        Assert.Equal(Now + Minute, (await handle.GetAsync().Soon()).RunAt);
    }

    [Fact]
    public async Task A_result_over_its_bound_fails_the_attempt()
    {
        var big = ResultTask.Create<string, string>("big");
        var client = await StartClientAsync(b => Serve(b).Handle(big, (text, _) => Task.FromResult(new string('x', text.Length))));
        Assert.Equal(38, (await client.RunAsync(big, new string('x', 38)).Soon()).Length);
        var error = await Assert.ThrowsAsync<JobFailedException>(() => client.RunAsync(big, new string('x', 39), o => o.MaxAttempts = 1).Soon());
        Assert.Equal(typeof(LimitExceededException).FullName, error.Error!.Type);
    }

    [Theory]
    [InlineData("payload")]
    [InlineData("delay")]
    public async Task A_reschedule_over_a_bound_fails_the_attempt(string what)
    {
        var client = await StartClientAsync(b => Serve(b).Handle(Other, (_, _) => Task.FromResult<JobOutcome>(what == "payload"
            ? JobOutcome.RescheduleAfter(Second).With(new string('x', 49))
            : JobOutcome.RescheduleAfter(TimeSpan.MaxValue))));
        var dead = await EndOf(await client.EnqueueAsync(Other, "x", o => o.MaxAttempts = 1).Soon());
        Assert.Equal((JobState.Dead, typeof(LimitExceededException).FullName), (dead.State, dead.LastError!.Type));
    }

    [Fact]
    public async Task Errors_are_cut_and_only_the_latest_are_kept()
    {
        var client = await StartClientAsync(b => Serve(b).Handle(Other, (_, job) => throw new FormatException($"{job.Attempt} is not a good number")));
        var dead = await EndOf(await client.EnqueueAsync(Other, "x", o =>
        {
            o.MaxAttempts = 5;
            o.Backoff = RetryPolicy.None;
        }).Soon());
        Assert.Equal(["3 is not a g", "4 is not a g", "5 is not a g"], dead.Errors.Select(e => e.Message));
        Assert.All(dead.Errors, e => Assert.Equal(15, e.Stack!.Length));
        var said = await EndOf(await client.EnqueueAsync(Other, "x", o => o.MaxAttempts = 1).Soon());
        Assert.Equal(12, said.LastError!.Message.Length);
    }

    [Fact]
    public async Task Log_and_progress_are_cut_and_what_is_not_kept_is_counted()
    {
        var client = await StartClientAsync(b => Serve(b).Handle(Other, (text, job) =>
        {
            for (var i = 0; i < int.Parse(text, System.Globalization.CultureInfo.InvariantCulture); i++) job.Log($"{i}: a long line");
            job.ReportProgress(50, "a long text");
            return Task.CompletedTask;
        }));
        var job = await EndOf(await client.EnqueueAsync(Other, "10").Soon());
        Assert.Equal(4, job.Log.Count);
        Assert.Equal(["0: a lon", "1: a lon", "2: a lon"], job.Log.Take(3).Select(l => l.Text.Length > 8 ? l.Text[..8] : l.Text));
        Assert.Contains("7 lines more", job.Log[3].Text, StringComparison.Ordinal);
        Assert.Equal("a long t", job.Progress!.Text);
        Assert.Equal(4, (await EndOf(await client.EnqueueAsync(Other, "4").Soon())).Log.Count(l => l.Text.Contains(": a", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Looking_at_a_running_job_does_not_add_to_its_log()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => Serve(b).Handle(Other, async (text, job) =>
        {
            for (var part = 0; part < 3; part++)
            {
                for (var i = 0; i < 4; i++) job.Log($"{part}.{i}");
                await held.RunAsync(text, job);
            }
        }));
        var handle = await client.EnqueueAsync(Other, "x").Soon();
        for (var part = 1; part <= 3; part++)
        {
            await held.Runs.Reaches(part).Soon();
            Assert.Equal(4, (await handle.GetAsync().Soon()).Log.Count);
            held.Release();
        }

        var log = (await EndOf(handle)).Log;
        Assert.Equal(["0.0", "0.1", "0.2"], log.Take(3).Select(l => l.Text));
        Assert.Contains("9 lines more", log[3].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_bound_has_its_test()
    {
        var known = TooMuch.Select(row => row.Data.Item1).Concat(
        [
            nameof(JobLimits.MaxPayloadBytes), nameof(JobLimits.MaxBatchJobs), nameof(JobLimits.MaxBatchBytes), nameof(JobLimits.MaxResultBytes),
            nameof(JobLimits.MaxErrorChars), nameof(JobLimits.MaxStackChars), nameof(JobLimits.MaxErrorsCount),
            nameof(JobLimits.MaxLogLinesCount), nameof(JobLimits.MaxLogLineChars),
        ]);
        var bounds = typeof(JobLimits).GetProperties().Where(p => p.PropertyType != typeof(JobLimits)).Select(p => p.Name);
        Assert.Equal(bounds.Order(), known.Distinct().Order());
        await Task.CompletedTask;
    }

    private static JobsBuilder Serve(JobsBuilder builder)
    {
        builder.Limits = Small;
        return builder.Handle(Work, (_, _) => Task.CompletedTask);
    }

    private static async Task RequireRefused(Func<Task> enqueue, string limit, long actual)
    {
        var error = await Assert.ThrowsAsync<LimitExceededException>(enqueue);
        Assert.Equal((limit, actual), (error.Limit, error.Actual));
    }
}

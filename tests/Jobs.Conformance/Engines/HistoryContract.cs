using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>What is kept of finished jobs goes by itself when its time is over (D6).</summary>
public abstract class HistoryContract(IEngineFixture fixture) : EngineContract(fixture)
{
    /// <summary>Longer than a test moves the time.</summary>
    private static readonly RetentionPolicy Years = RetentionPolicy.For(TimeSpan.FromDays(10_000));

    [Fact]
    public async Task Records_are_removed_when_their_time_is_over()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (text, _) => text == "bad" ? throw new FormatException() : Task.CompletedTask));
        var done = await EndOf(await client.EnqueueAsync(Work, "x", o => o.Retention = RetentionPolicy.For(Minute)).Soon());
        var dead = await EndOf(await client.EnqueueAsync(Work, "bad", o =>
        {
            o.Retention = RetentionPolicy.For(Minute);
            o.MaxAttempts = 1;
        }).Soon());
        await GoneAsync(client, done.Id);
        Assert.NotNull(await client.FindAsync(dead.Id).Soon());
    }

    [Fact]
    public async Task A_queue_keeps_as_many_records_as_it_says()
    {
        var client = await StartClientAsync(b => b
            .Queue(QueueName.Default, q => q.History = new HistoryLimits { Completed = new HistoryLimit(MaxRecords: 1) })
            .Handle(Work, (_, _) => Task.CompletedTask));
        var first = await EndOf(await client.EnqueueAsync(Work, "x", o => o.Retention = Years).Soon());
        Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await EndOf(await client.EnqueueAsync(Work, "x", o => o.Retention = Years).Soon());
        Assert.NotNull(await client.FindAsync(first.Id).Soon());
        await GoneAsync(client, first.Id);
        Assert.NotNull(await client.FindAsync(second.Id).Soon());
    }

    [Fact]
    public async Task A_queue_keeps_as_many_bytes_as_it_says()
    {
        var client = await StartClientAsync(b => b
            .Queue(QueueName.Default, q => q.History = new HistoryLimits { Completed = new HistoryLimit(MaxBytes: (2 * HistoryLimit.RecordBytes) + 1_000) })
            .Handle(Work, (_, _) => Task.CompletedTask));
        var jobs = new List<JobId>();
        foreach (var payloadBytes in (int[])[100, 100, 500])
        {
            jobs.Add((await EndOf(await client.EnqueueAsync(Work, new string('x', payloadBytes), o => o.Retention = Years).Soon())).Id);
            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.NotNull(await client.FindAsync(jobs[0]).Soon());
        await GoneAsync(client, jobs[0]);

        // Three are too many, two are within nine tenths of the limit.
        Assert.NotNull(await client.FindAsync(jobs[1]).Soon());
        Assert.NotNull(await client.FindAsync(jobs[2]).Soon());
    }

    [Fact]
    public async Task A_payload_goes_before_its_record_and_then_the_job_cannot_be_retried()
    {
        var client = await StartClientAsync(b => b
            .Queue(QueueName.Default, q => q.History = new HistoryLimits { Dead = new HistoryLimit(MaxPayloadAge: 10 * Minute) })
            .Handle(Work, (text, _) => text == "bad" ? throw new FormatException() : Task.CompletedTask));
        var done = await EndOf(await client.EnqueueAsync(Work, "x", o => o.Retention = Years).Soon());
        var dead = await EndOf(await client.EnqueueAsync(Work, "bad", o => o.MaxAttempts = 1).Soon());
        Clock.Advance(5 * Minute);
        Assert.Equal("bad", client.PayloadOf(Work, (await client.FindAsync(dead.Id).Soon())!));
        var emptied = await EmptiedAsync(client, dead.Id);
        Assert.Equal((JobState.Dead, 0, 1), (emptied.State, emptied.Payload.Length, emptied.Errors.Count));
        Assert.Equal("x", client.PayloadOf(Work, (await client.FindAsync(done.Id).Soon())!));

        var error = await Assert.ThrowsAsync<PayloadPrunedException>(() => client.RetryAsync(dead.Id).Soon());
        Assert.Equal((dead.Id, emptied.PayloadPrunedAt), (error.Id, error.PrunedAt));
        Assert.Equal(0, await client.ApplyAsync(new JobFilter { States = [JobState.Dead] }, JobAction.Retry).Soon());
        var result = await client.ApplyToAllAsync(new JobFilter { States = [JobState.Dead] }, JobAction.Retry).Soon();
        Assert.Equal((0, 1, 0), (result.Done, result.Skipped, result.Failed));
        await client.DeleteAsync(dead.Id).Soon();
    }

    private async Task GoneAsync(IJobClient client, JobId id) => await LookAsync(client, id, job => job is null);

    private async Task<JobSnapshot> EmptiedAsync(IJobClient client, JobId id) =>
        (await LookAsync(client, id, job => job!.PayloadPrunedAt is not null))!;

    /// <summary>Nobody is told when the history is pruned, and a look that is under way when the time moves is not begun again: it moves on.</summary>
    private Task<JobSnapshot?> LookAsync(IJobClient client, JobId id, Func<JobSnapshot?, bool> holds)
    {
        return UntilAsync().Soon();

        async Task<JobSnapshot?> UntilAsync()
        {
            while (true)
            {
                var job = await client.FindAsync(id);
                if (holds(job)) return job;
                Clock.Advance(Minute);
                await Task.Yield();
            }
        }
    }
}

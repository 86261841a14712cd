using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>What happens when a queue is full (B11).</summary>
public abstract class BackpressureContract(IEngineFixture fixture) : EngineContract(fixture)
{
    [Fact]
    public async Task A_full_queue_refuses_at_once_when_it_is_told_to()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => Serve(b, held, FullQueue.Throw));
        var first = await client.EnqueueManyAsync(Work, ["a", "b", "c"]).Soon();
        var error = await Assert.ThrowsAsync<QueueBusyException>(() => client.EnqueueAsync(Work, "d").Soon());
        Assert.Equal((QueueName.Default, "CapacityJobs", 3), (error.Queue, error.Limit, error.Allowed));
        Assert.Equal(3, (await client.CountAsync().Soon()).Unfinished);
        held.Release(3);
        foreach (var handle in first) await EndOf(handle);
        await client.EnqueueManyAsync(Work, ["e", "f", "g"]).Soon();
    }

    [Fact]
    public async Task A_caller_waits_for_room_and_gets_it()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => Serve(b, held, FullQueue.Wait));
        await client.EnqueueManyAsync(Work, ["a", "b", "c"]).Soon();
        var waiting = client.EnqueueManyAsync(Work, ["d", "e"]).AsTask();
        held.Release();
        await held.Runs.Reaches(1).Soon();
        Assert.False(waiting.IsCompleted);
        held.Release();
        Assert.Equal(2, (await waiting.Soon()).Count);
    }

    [Fact]
    public async Task A_caller_may_wait_as_long_as_it_takes()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => Serve(b, held, FullQueue.Wait).Queue("default", q => q.WaitForRoom = TimeSpan.MaxValue));
        await client.EnqueueManyAsync(Work, ["a", "b", "c"]).Soon();
        var waiting = client.EnqueueAsync(Work, "d").AsTask();
        held.Release();
        await waiting.Soon();
    }

    [Fact]
    public async Task A_caller_gives_up_after_his_time()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => Serve(b, held, FullQueue.Wait).Queue("default", q => q.WaitForRoom = Minute));
        await client.EnqueueManyAsync(Work, ["a", "b", "c"]).Soon();
        var waiting = client.EnqueueAsync(Work, "d").AsTask();
        await Assert.ThrowsAsync<QueueBusyException>(() => AdvanceUntil(Minute, waiting));
        Assert.Equal(3, (await client.CountAsync().Soon()).Unfinished);
    }

    [Fact]
    public async Task A_caller_can_give_up_himself()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => Serve(b, held, FullQueue.Wait));
        await client.EnqueueManyAsync(Work, ["a", "b", "c"]).Soon();
        using var stop = new CancellationTokenSource();
        var waiting = client.EnqueueAsync(Work, "d", cancellation: stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
    }

    [Fact]
    public async Task A_batch_that_never_fits_is_refused_at_once()
    {
        var client = await StartClientAsync(b => Serve(b, new HeldHandler(), FullQueue.Wait));
        await Assert.ThrowsAsync<QueueBusyException>(() => client.EnqueueManyAsync(Work, ["a", "b", "c", "d"]).Soon());
    }

    [Fact]
    public async Task A_refused_batch_takes_no_room_in_the_other_queue()
    {
        var held = new HeldHandler();
        var client = await StartClientAsync(b => Serve(b, held, FullQueue.Throw).Queue("side", q =>
        {
            q.CapacityJobs = 1;
            q.WhenFull = FullQueue.Throw;
        }));
        await client.EnqueueManyAsync(Work, ["a", "b", "c"]).Soon();
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<QueueBusyException>(
                () => client.EnqueueBatchAsync([NewJob.Of(Work, "s", o => o.On("side")), NewJob.Of(Work, "d")]).Soon());
        }

        await client.EnqueueAsync(Work, "s", o => o.On("side")).Soon();
    }

    [Fact]
    public async Task Every_kind_of_end_makes_room_and_every_refusal_keeps_it()
    {
        var ends = new Recording<JobState>();
        var expected = 0;
        var client = await StartClientAsync(b => b
            .Queue("default", q =>
            {
                q.CapacityJobs = 1;
                q.WhenFull = FullQueue.Throw;
            })
            .AddObserver(new EndObserver(ends))
            .Handle(Work, (text, _) => text == "bad" ? throw new FormatException() : Task.CompletedTask));
        for (var i = 0; i < 3; i++)
        {
            // A waiter may read the end from the store; the room is counted when the end is published.
            await client.RunAsync(Work, "good").Soon();
            await ends.Reaches(++expected).Soon();
            await EndOf(await client.EnqueueAsync(Work, "bad", o => o.MaxAttempts = 1).Soon());
            await ends.Reaches(++expected).Soon();
            await (await client.EnqueueAsync(Work, "x", o => o.After(Minute)).Soon()).CancelAsync().Soon();
            var kept = await client.EnqueueAsync(Work, "x", o => o.After(Minute).UniqueKey = "k").Soon();
            await Assert.ThrowsAsync<QueueBusyException>(() => client.EnqueueAsync(Work, "x").Soon());
            await client.DeleteAsync(kept.Id).Soon();
            var taken = JobId.FromName("default", "taken");
            if (i == 0)
            {
                await client.RunAsync(Work, "x", o => o.WithId(taken)).Soon();
                await ends.Reaches(++expected).Soon();
            }

            await Assert.ThrowsAsync<DuplicateJobException>(() => client.EnqueueAsync(Work, "x", o => o.WithId(taken)).Soon());
        }
    }

    private static JobsBuilder Serve(JobsBuilder builder, HeldHandler held, FullQueue whenFull) => builder
        .Queue("default", q =>
        {
            q.CapacityJobs = 3;
            q.WhenFull = whenFull;
            q.Concurrency = 1;
        })
        .Handle(Work, held.RunAsync);

    /// <summary>Hears of the ends of runs.</summary>
    private sealed class EndObserver(Recording<JobState> ends) : IJobObserver
    {
        public void Completed(JobSnapshot job) => ends.Add(job.State);

        public void Dead(JobSnapshot job) => ends.Add(job.State);
    }
}

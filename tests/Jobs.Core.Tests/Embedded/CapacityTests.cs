using Jobs.Conformance;

namespace Jobs.Core.Tests.Embedded;

/// <summary>The count of unfinished jobs, and those who wait for room.</summary>
public sealed class CapacityTests
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");
    private static readonly TaskDefinition<string> Once = TaskDefinition.Create<string>("once", o => o.MaxAttempts = 1);

    [Fact]
    public async Task A_job_that_is_exhausted_while_its_queue_opens_gives_its_room_back()
    {
        var store = new InMemoryJobStore();
        var held = new HeldHandler();
        await using var lost = await EmbeddedJobs.StartAsync(b =>
        {
            b.DrainTime = b.StopTime = TimeSpan.Zero;
            b.UseStore(_ => store).Handle(Once, held.RunAsync);
        });
        var job = await lost.Client.EnqueueAsync(Once, "x");
        await held.Runs.Reaches(1).Soon();
        Assert.Equal(JobState.Running, (await lost.Client.GetAsync(job.Id)).State);

        await using var engine = await EmbeddedJobs.StartAsync(b => b
            .UseStore(_ => store)
            .Queue(QueueName.Default, q =>
            {
                q.CapacityJobs = 1;
                q.WhenFull = FullQueue.Throw;
            })
            .Handle(Once, (_, _) => Task.CompletedTask));
        Assert.Equal(JobState.Dead, (await engine.Client.WaitAsync(job.Id).Soon()).State);
        await engine.Client.EnqueueAsync(Once, "y").Soon();
    }

    [Fact]
    public async Task Batches_over_the_same_queues_do_not_wait_for_each_other_in_a_circle()
    {
        QueueName a = "a", b = "b";
        await using var engine = await EmbeddedJobs.StartAsync(builder =>
        {
            foreach (var queue in new[] { a, b })
            {
                builder.Queue(queue, q =>
                {
                    q.CapacityJobs = 1;
                    q.WaitForRoom = TimeSpan.FromDays(100);
                });
            }

            builder.Handle(Work, (_, _) => Task.CompletedTask);
        });
        var client = engine.Client;
        NewJob On(QueueName queue, TimeSpan delay) => NewJob.Of(Work, "x", o => o.On(queue).After(delay));
        var hour = TimeSpan.FromHours(1);
        var blockers = await client.EnqueueBatchAsync([On(a, hour), On(b, hour)]);
        var forth = client.EnqueueBatchAsync([On(a, TimeSpan.Zero), On(b, TimeSpan.Zero)]).AsTask();
        var back = client.EnqueueBatchAsync([On(b, TimeSpan.Zero), On(a, TimeSpan.Zero)]).AsTask();
        foreach (var blocker in blockers) await client.DeleteAsync(blocker.Id);
        foreach (var job in (await Task.WhenAll(forth, back).Soon()).SelectMany(h => h)) await job.WaitAsync().Soon();
    }

    [Fact]
    public async Task A_large_batch_that_waits_is_overtaken_by_one_queue_full_of_small_ones_at_most()
    {
        var queue = new JobQueue(QueueName.Default, new QueueOptions { CapacityJobs = 10 }, null);
        var clock = new ManualClock();
        queue.Add(10);
        var large = queue.ReserveAsync(10, clock, CancellationToken.None).AsTask();
        for (var i = 0; i < 10; i++)
        {
            queue.Release(1);
            await queue.ReserveAsync(1, clock, CancellationToken.None).Soon();
        }

        queue.Release(1);
        var small = queue.ReserveAsync(1, clock, CancellationToken.None).AsTask();
        Assert.False(large.IsCompleted || small.IsCompleted);
        queue.Release(9);
        await large.Soon();
        Assert.False(small.IsCompleted);
        queue.Release(10);
        await small.Soon();
        Assert.Equal(1, queue.UnfinishedJobs);
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_for_room_lets_those_behind_him_in()
    {
        var queue = new JobQueue(QueueName.Default, new QueueOptions { CapacityJobs = 10, WaitForRoom = TimeSpan.FromSeconds(30) }, null);
        var clock = new ManualClock();
        queue.Add(10);
        using var giveUp = new CancellationTokenSource();
        var first = queue.ReserveAsync(10, clock, giveUp.Token).AsTask();
        var second = queue.ReserveAsync(10, clock, CancellationToken.None).AsTask();
        clock.Advance(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 10; i++)
        {
            queue.Release(1);
            await queue.ReserveAsync(1, clock, CancellationToken.None).Soon();
        }

        var small = queue.ReserveAsync(1, clock, CancellationToken.None).AsTask();
        queue.Release(1);
        Assert.False(small.IsCompleted);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Soon());
        await small.Soon();
        clock.Advance(TimeSpan.FromSeconds(20));
        await Assert.ThrowsAsync<QueueBusyException>(() => second.Soon());
        Assert.Equal(10, queue.UnfinishedJobs);

        var last = queue.ReserveAsync(10, clock, CancellationToken.None).AsTask();
        queue.Close();
        await Assert.ThrowsAsync<ServiceStoppedException>(() => last.Soon());
    }

    [Fact]
    public async Task A_large_batch_that_finds_no_room_takes_none_from_others()
    {
        var options = new QueueOptions { CapacityJobs = 10, WhenFull = FullQueue.Throw };
        var queue = new JobQueue(QueueName.Default, options, null);
        queue.Add(8);
        var clock = new ManualClock();
        var over = 0;
        var large = Task.Run(async () =>
        {
            while (Volatile.Read(ref over) == 0)
                await Assert.ThrowsAsync<QueueBusyException>(() => queue.ReserveAsync(5, clock, CancellationToken.None).AsTask());
        });
        try
        {
            for (var i = 0; i < 20_000; i++)
            {
                await queue.ReserveAsync(1, clock, CancellationToken.None);
                queue.Release(1);
            }
        }
        finally
        {
            Volatile.Write(ref over, 1);
            await large.Soon();
        }
    }
}

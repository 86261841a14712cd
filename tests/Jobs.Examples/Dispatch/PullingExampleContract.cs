using Jobs.Conformance;

namespace Jobs.Examples.Dispatch;

/// <summary>Seed 001: push, pop, acknowledge, give back.</summary>
public abstract class PullingExampleContract(IEngineFixture fixture) : EngineContract(fixture)
{
    [Fact]
    public async Task A_clerk_takes_mails_by_himself()
    {
        var jobs = await StartByHandAsync();
        var clerk = new MailClerk(jobs, "clerk-1");
        Assert.False(await clerk.SendOneAsync(wait: TimeSpan.Zero).Soon());

        var (first, _) = await MailRoom.WelcomeAsync(jobs, "ada").Soon();
        Assert.Equal(2, (await jobs.CountAsync("mail").Soon()).Unfinished);
        Assert.True(await clerk.SendOneAsync(Minute, canSend: false).Soon());
        var waiting = await first.GetAsync().Soon();
        Assert.Equal((JobState.Retrying, 1, "The printer is out of paper."), (waiting.State, waiting.Failures, waiting.LastError!.Message));
        Assert.False(await clerk.SendOneAsync(TimeSpan.Zero).Soon());

        Assert.True(await PassAsync(jobs, Minute, clerk.SendOneAsync(TimeSpan.FromDays(1))));
        Assert.Equal("ada: welcome", clerk.Sent.Items[0]);
        Assert.Equal(("clerk-1", 2), await EndOf(first) is var done ? (done.Worker, done.Attempt) : default);
    }

    [Fact]
    public async Task A_mail_whose_clerk_went_home_goes_to_the_next_one()
    {
        var jobs = await StartByHandAsync();
        var mail = await jobs.EnqueueAsync(MailRoom.SendMail, new Mail("ada", "welcome")).Soon();
        var held = Assert.Single(await jobs.TakeAsync(MailRoom.SendMail, new LeaseRequest { Queue = "mail", Length = 15 * Minute }).Soon());
        var next = new MailClerk(jobs, "clerk-2");
        Assert.True(await PassAsync(jobs, 15 * Minute, next.SendOneAsync(TimeSpan.FromDays(1))));
        Assert.Equal(("clerk-2", 1), await EndOf(mail) is var done ? (done.Worker, done.LostDeliveries) : default);
        await Assert.ThrowsAsync<LeaseLostException>(() => held.AckAsync().Soon());
    }

    /// <summary>Moves the time so far and no further: a lease that was taken lasts. Others who look at the queue make it notice the time.</summary>
    private Task<bool> PassAsync(IJobClient jobs, TimeSpan by, Task<bool> task)
    {
        Clock.Advance(by);
        return LookAsync().Soon();

        async Task<bool> LookAsync()
        {
            while (!task.IsCompleted) await jobs.TakeAsync(new LeaseRequest { Queue = "mail", Tasks = ["nothing"] });
            return await task;
        }
    }

    private Task<IJobClient> StartByHandAsync() => StartClientAsync(b =>
    {
        // Nobody runs these mails but whoever takes them.
        new MailRoom().Describe(b);
        b.Queue("mail", q => q.Concurrency = 0);
    });
}

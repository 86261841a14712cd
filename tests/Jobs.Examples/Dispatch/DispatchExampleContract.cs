using Jobs.Conformance;

namespace Jobs.Examples.Dispatch;

/// <summary>Seed 001: jobs named by their types, a worker with one retry policy, failed jobs.</summary>
public abstract class DispatchExampleContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private readonly MailRoom _room = new();

    [Fact]
    public async Task Mails_are_sent_in_the_background()
    {
        var jobs = await StartClientAsync(_room.Describe);
        var (now, later) = await MailRoom.WelcomeAsync(jobs, "ada");
        await now.CompletionAsync().Soon();
        Assert.Equal((JobState.Scheduled, typeof(Mail).FullName), await StateAndTask(later));
        await AdvanceUntil(10 * Minute, later.CompletionAsync().AsTask());
        Assert.Equal(["ada: welcome", "ada: how is it going?"], _room.Tried.Items);

        _room.Unreachable.Add("bob");
        var lost = await jobs.EnqueueAsync(MailRoom.SendNewsletter, new Newsletter("bob", 7)).Soon();
        foreach (var seconds in (int[])[5, 10])
        {
            await Waits(lost);
            var waiting = await lost.GetAsync().Soon();
            Assert.Equal((JobState.Retrying, seconds * Second), (waiting.State, waiting.RunAt - waiting.LastError!.At));
            await AdvanceUntil(seconds * Second, _room.Tried.Reaches(_room.Tried.Items.Count + 1));
        }

        var dropped = await EndOf(lost);
        Assert.Equal((JobState.Discarded, "newsletter"), (dropped.State, dropped.Task));
        var given = (await _room.GivenUp.Reaches(1).Soon())[0];
        Assert.Equal((lost.Id, 3), (given.Id, given.Failures));
    }

    [Fact]
    public async Task Failed_mails_are_listed_tried_again_and_forgotten()
    {
        var jobs = await StartClientAsync(_room.Describe);
        _room.Unreachable.UnionWith(["ann", "bob", "cid", "dan"]);
        var failed = new List<JobHandle>();
        foreach (var to in (string[])["ann", "bob", "cid", "dan"])
        {
            failed.Add(await jobs.EnqueueAsync(MailRoom.SendMail, new Mail(to, "hi"), o => o.MaxAttempts = 1).Soon());
            await EndOf(failed[^1]);
            Clock.Advance(Second);
        }

        var listed = await MailRoom.ListFailedAsync(jobs).Soon();
        Assert.Equal(["dan", "cid", "bob", "ann"], listed.Select(job => jobs.PayloadOf(MailRoom.SendMail, job).To));
        Assert.Equal(["bob", "ann"], (await MailRoom.ListFailedAsync(jobs, listed[1].Id).Soon()).Select(job => jobs.PayloadOf(MailRoom.SendMail, job).To));

        _room.Unreachable.Remove("bob");
        var again = await MailRoom.TryAgainAsync(jobs, failed[1].Id).Soon();
        Assert.Equal((failed[1].Id, 0), (again.Id, again.Failures));
        Assert.Equal(JobState.Completed, (await EndOf(failed[1])).State);
        await MailRoom.ForgetAsync(jobs, failed[0].Id).Soon();
        await Assert.ThrowsAsync<JobNotFoundException>(() => MailRoom.TryAgainAsync(jobs, failed[0].Id).Soon());
        Assert.Equal(2, await MailRoom.ForgetAllAsync(jobs).Soon());
        Assert.Empty(await MailRoom.ListFailedAsync(jobs).Soon());
    }

    [Fact]
    public async Task What_the_mail_room_does_is_counted()
    {
        var jobs = await StartClientAsync(_room.Describe);
        _room.Unreachable.Add("bob");
        await EndOf(await jobs.EnqueueAsync(MailRoom.SendMail, new Mail("ada", "hi")).Soon());
        await EndOf(await jobs.EnqueueAsync(MailRoom.SendMail, new Mail("bob", "hi"), o => o.MaxAttempts = 1).Soon());
        await jobs.EnqueueAsync(MailRoom.SendMail, new Mail("cid", "hi"), o => o.After(Minute)).Soon();
        var counts = await jobs.CountAsync("mail").Soon();
        Assert.Equal((1, 1, 1), (counts.Completed, counts.Dead, counts.Unfinished));
        if (!Capabilities.IsOneProcess) return;
        await Until(() => _room.Statistics!.TotalOf("mail") is { Enqueued: 3, Completed: 1, Dead: 1 });
    }

    [Fact]
    public async Task A_job_that_nobody_handles_is_dropped_and_a_handler_may_come_later()
    {
        var engine = await StartAsync(_room.Describe);
        var unknown = TaskDefinition.Create<string>("fax");
        Assert.Equal(JobState.Discarded, (await EndOf(await engine.Client.EnqueueAsync(unknown, "x").Soon())).State);
        engine.Registry.Handle(unknown, (string _, JobContext _) => Task.CompletedTask);
        Assert.Equal(JobState.Completed, (await EndOf(await engine.Client.EnqueueAsync(unknown, "x").Soon())).State);
    }

    private static async Task<(JobState State, string Task)> StateAndTask(JobHandle handle)
    {
        var job = await handle.GetAsync().Soon();
        return (job.State, job.Task);
    }
}

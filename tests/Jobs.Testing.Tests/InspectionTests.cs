namespace Jobs.Testing.Tests;

public sealed class InspectionTests : IAsyncDisposable
{
    private readonly TestJobs _jobs = new(message => Assert.Fail(message));

    public ValueTask DisposeAsync() => _jobs.DisposeAsync();

    [Fact]
    public void An_empty_queue_gives_nothing()
    {
        Assert.Empty(_jobs.All);
        Assert.Null(_jobs.First);
        Assert.Null(_jobs.Nth(1));
        Assert.Null(_jobs.FirstOf(TestTasks.Count));
        Assert.Null(_jobs.NthOf(TestTasks.Count, 1));
    }

    [Fact]
    public async Task Positions_count_from_one_and_out_of_range_is_null()
    {
        await FillAsync();
        Assert.Equal(["count", "send-mail", "count", "send-mail"], _jobs.All.Select(j => j.Task));
        Assert.Equal("count", _jobs.First!.Task);
        Assert.Equal(1, _jobs.Nth(1)!.PayloadOf(TestTasks.Count));
        Assert.Equal("second", _jobs.Nth(4)!.PayloadOf(TestTasks.SendMail).To);
        foreach (var position in new[] { int.MinValue, -1, 0, 5, int.MaxValue }) Assert.Null(_jobs.Nth(position));
    }

    [Fact]
    public async Task Positions_of_a_task_count_its_own_jobs()
    {
        await FillAsync();
        Assert.Equal("first", _jobs.FirstOf(TestTasks.SendMail)!.Payload.To);
        Assert.Equal("second", _jobs.NthOf(TestTasks.SendMail, 2)!.Payload.To);
        Assert.Equal(2, _jobs.NthOf(TestTasks.Count, 2)!.Payload);
        foreach (var position in new[] { int.MinValue, -1, 0, 3, int.MaxValue }) Assert.Null(_jobs.NthOf(TestTasks.Count, position));
        Assert.Null(_jobs.FirstOf(TestTasks.Flaky));
    }

    [Fact]
    public async Task Looking_changes_nothing()
    {
        await FillAsync();
        for (var i = 0; i < 3; i++) Assert.Equal("first", _jobs.FirstOf(TestTasks.SendMail)!.Payload.To);
        Assert.Equal(4, (await _jobs.CountAsync()).Pending);
        Assert.All(_jobs.All, job => Assert.Equal(JobState.Pending, job.State));
    }

    [Fact]
    public async Task The_order_is_that_of_enqueueing_whatever_runs_first()
    {
        await _jobs.EnqueueAsync(TestTasks.Count, 1, o => o.After(TimeSpan.FromDays(1)));
        await _jobs.EnqueueAsync(TestTasks.Count, 2, o => o.WithPriority(5));
        await _jobs.EnqueueAsync(TestTasks.Count, 3, o => o.On("other"));
        Assert.Equal([1, 2, 3], _jobs.All.Select(job => job.PayloadOf(TestTasks.Count)));
        Assert.Equal([JobState.Scheduled, JobState.Pending, JobState.Pending], _jobs.All.Select(job => job.State));
    }

    [Fact]
    public async Task A_job_shows_what_was_said_at_enqueue()
    {
        var handle = await _jobs.EnqueueAsync(
            TestTasks.Count, 1, o => o.On("other").WithPriority(3).WithTag("t").WithHeader("h", "v").After(TimeSpan.FromHours(1)));
        var job = _jobs.First!;
        Assert.Equal(handle.Id, job.Id);
        Assert.Equal("other", job.Snapshot.Queue.Value);
        Assert.Equal(3, job.Snapshot.Priority.Urgency);
        Assert.Equal(["t"], job.Snapshot.Tags);
        Assert.Equal("v", job.Snapshot.Headers["h"]);
        Assert.Equal(_jobs.Clock.GetUtcNow().AddHours(1), job.Snapshot.RunAt);
    }

    [Fact]
    public async Task A_job_gives_its_payload_and_result_to_its_own_task_only()
    {
        _jobs.Registry.Handle(TestTasks.Double, (int n, JobContext _) => Task.FromResult(2 * n));
        await _jobs.EnqueueAsync(TestTasks.Double, 21);
        var early = Assert.Throws<InvalidOperationException>(() => _jobs.First!.ResultOf(TestTasks.Double));
        Assert.Contains("Run it first", early.Message, StringComparison.Ordinal);
        await _jobs.RunNextAsync();
        Assert.Equal(42, _jobs.First!.ResultOf(TestTasks.Double));
        var other = Assert.Throws<ArgumentException>(() => _jobs.First!.PayloadOf(TestTasks.Count));
        Assert.Contains("'double', not 'count'", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_job_is_gone_and_a_cancelled_one_is_not()
    {
        await FillAsync();
        await _jobs.DeleteAsync(_jobs.Nth(1)!.Id);
        await _jobs.CancelAsync(_jobs.Nth(1)!.Id);
        Assert.Equal([JobState.Cancelled, JobState.Pending, JobState.Pending], _jobs.All.Select(job => job.State));
    }

    [Fact]
    public async Task A_second_job_with_the_same_unique_key_is_not_there()
    {
        var first = await _jobs.EnqueueAsync(TestTasks.Count, 1, o => o.UniqueKey = "k");
        var second = await _jobs.EnqueueAsync(TestTasks.Count, 2, o => o.UniqueKey = "k");
        Assert.True(second.AlreadyExisted);
        Assert.Equal(first.Id, Assert.Single(_jobs.All).Id);
    }

    [Fact]
    public async Task A_job_that_has_become_due_is_pending()
    {
        var handle = await _jobs.EnqueueAsync(TestTasks.Count, 1, o => o.After(TimeSpan.FromHours(1)));
        Assert.Equal(JobState.Scheduled, _jobs.First!.State);
        _jobs.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(JobState.Pending, _jobs.First!.State);
        await Assert.ThrowsAsync<WrongJobStateException>(async () => await _jobs.RunNowAsync(handle.Id));
    }

    private async Task FillAsync() => await _jobs.EnqueueBatchAsync(
    [
        NewJob.Of(TestTasks.Count, 1),
        NewJob.Of(TestTasks.SendMail, new Mail("first")),
        NewJob.Of(TestTasks.Count, 2),
        NewJob.Of(TestTasks.SendMail, new Mail("second")),
    ]);
}

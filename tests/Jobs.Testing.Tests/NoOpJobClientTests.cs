namespace Jobs.Testing.Tests;

public sealed class NoOpJobClientTests
{
    private readonly NoOpJobClient _jobs = new(new ManualTimeProvider());

    [Fact]
    public async Task Accepts_everything_and_keeps_nothing()
    {
        var handle = await _jobs.EnqueueAsync(TestTasks.Count, 1, o => o.On("other"));
        Assert.False(handle.AlreadyExisted);
        Assert.Equal(new QueueName("other").Hash, handle.Id.QueueHash);
        var many = await _jobs.EnqueueManyAsync(TestTasks.Count, [.. Enumerable.Range(0, 100)]);
        Assert.Equal(100, many.Select(h => h.Id).Distinct().Count());
        Assert.Empty(await _jobs.EnqueueManyAsync(TestTasks.Count, []));
        var own = JobId.FromName(QueueName.Default, "mine");
        Assert.Equal(own, (await _jobs.EnqueueAsync(TestTasks.Count, 1, o => o.WithId(own))).Id);
        Assert.Null(await _jobs.FindAsync(handle.Id));
        Assert.Empty(await _jobs.ListAsync(new JobQuery()));
        Assert.Equal(new JobCounts(), await _jobs.CountAsync());
        Assert.Equal(0, await _jobs.ApplyAsync(new JobFilter(), JobAction.Cancel));
    }

    [Fact]
    public async Task Waiting_or_acting_is_an_error_at_once()
    {
        var handle = await _jobs.EnqueueAsync(TestTasks.Double, 1);
        await Assert.ThrowsAsync<JobNotFoundException>(async () => await handle.ResultAsync());
        await Assert.ThrowsAsync<JobNotFoundException>(async () => await handle.WaitAsync());
        await Assert.ThrowsAsync<JobNotFoundException>(async () => await handle.GetAsync());
        await Assert.ThrowsAsync<JobNotFoundException>(async () => await handle.CancelAsync());
        await Assert.ThrowsAsync<JobNotFoundException>(async () => await _jobs.RunAsync(TestTasks.Double, 1));
    }

    [Fact]
    public async Task A_payload_that_cannot_be_encoded_is_found()
    {
        await Assert.ThrowsAsync<PayloadEncodingException>(async () => await _jobs.EnqueueAsync(TestTasks.SendMail, null!));
        Assert.Same(JsonPayloadCodec.Default, _jobs.Codec);
        Assert.Same(RawPayloadCodec.Instance, new NoOpJobClient(codec: RawPayloadCodec.Instance).Codec);
    }
}

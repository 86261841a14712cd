using Jobs.Conformance;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>A client says the same of all jobs of a task that nothing else is said of, and notices when something is.</summary>
public sealed class NewJobsTests : IAsyncDisposable
{
    private static readonly TaskDefinition<int> Count = TaskDefinition.Create<int>("count");
    private readonly MemoryClusterFixture _fixture = new();
    private ITestEngine? _silos;

    public async ValueTask DisposeAsync()
    {
        if (_silos is not null) await _silos.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task The_request_and_the_user_of_one_call_are_not_those_of_the_next()
    {
        _silos = _fixture.Create(jobs => jobs.Handle(Count, (_, _) => Task.CompletedTask), TimeProvider.System, null);
        await _silos.StartAsync().Soon();
        var before = await EnqueueAsync();
        (JobRequest.Id, JobRequest.User) = ("request", "user");
        var within = await EnqueueAsync();
        (JobRequest.Id, JobRequest.User) = (null, null);
        var after = await EnqueueAsync();

        Assert.Equal(("request", "user"), (within.RequestId, within.User));
        Assert.Equal((null, null), (before.User, after.User));
        Assert.Equal(3, new[] { before.RequestId, within.RequestId, after.RequestId }.Distinct().Count());
        Assert.All([before, after], job => Assert.Matches("^[0-9a-f]{32}$", job.RequestId));
    }

    [Fact]
    public async Task Options_of_one_call_are_not_those_of_the_next()
    {
        _silos = _fixture.Create(jobs => jobs.Handle(Count, (_, _) => Task.CompletedTask), TimeProvider.System, null);
        await _silos.StartAsync().Soon();
        Assert.Empty((await EnqueueAsync()).Tags);
        Assert.Equal(["x"], (await EnqueueAsync(o => o.WithTag("x"))).Tags);
        Assert.Empty((await EnqueueAsync()).Tags);
    }

    private async Task<JobSnapshot> EnqueueAsync(Action<EnqueueOptions>? configure = null)
    {
        var handle = await _silos!.Client.EnqueueAsync(Count, 1, configure).AsTask().Soon();
        return await _silos.Client.WaitAsync(handle.Id).AsTask().Soon();
    }
}

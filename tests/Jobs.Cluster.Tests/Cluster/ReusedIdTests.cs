using Jobs.Conformance;
using Jobs.Grains.Contracts;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>
/// Requests with ids that may be used again, as they reach silos late, twice, or without anybody who waits for the answer: none of them replaces
/// or doubles the job that it made.
/// </summary>
public sealed class ReusedIdTests : IAsyncDisposable
{
    private static readonly TaskDefinition<int> Count = TaskDefinition.Create<int>("count");
    private static readonly JobId Here = JobId.FromName(QueueName.Default, "one");
    private static readonly JobId There = JobId.FromName("elsewhere", "two");

    private readonly ManualClock _clock = new();
    private readonly MemoryClusterFixture _fixture = new();
    private readonly Recording<int> _runs = new();
    private TestSilos? _silos;

    private IJobClient Client => _silos!.Client;

    private IQueuePartition Partition => _silos!.Grains.GetGrain<IQueuePartition>(PartitionKeys.Of(QueueName.Default, Here.Partition));

    private IJobDirectory Directory => _silos!.Grains.GetGrain<IJobDirectory>(0);

    public async ValueTask DisposeAsync()
    {
        if (_silos is not null) await _silos.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task A_request_replaces_only_the_ended_job_that_it_names()
    {
        await StartAsync();
        await RunAsync(Request("a", 1));
        var ended = (await SendAsync(Request("b", 2))).Ended!;
        Assert.Equal([Here], ended.Keys);
        Assert.Equal([1], _runs.Items);

        await RunAsync(Replacing(Request("c", 3), ended));
        Assert.Equal([Here], (await SendAsync(Replacing(Request("b", 2), ended))).Ended!.Keys);
        Assert.Equal([1, 3], _runs.Items);
        Assert.Equal(1, (await Client.CountAsync().Soon()).Completed);
    }

    [Fact]
    public async Task One_that_comes_late_or_again_finds_its_own_job_and_does_not_run_it_once_more()
    {
        await StartAsync();
        await RunAsync(Request("a", 1));
        var next = Replacing(Request("b", 2), (await SendAsync(Request("b", 2))).Ended!);
        await RunAsync(next);
        foreach (var again in (EnqueueRequest[])[next, next with { IsRepeated = true, SentAgo = TimeSpan.FromSeconds(1) }, Request("b", 2)])
        {
            var reply = await SendAsync(again);
            Assert.Null(reply.Ended);
            Assert.Null(reply.Existing);
        }

        Assert.Equal([1, 2], _runs.Items);

        // When another one has its id, the late one replaces that one neither.
        await RunAsync(Replacing(Request("c", 3), (await SendAsync(Request("c", 3))).Ended!));
        Assert.NotNull((await SendAsync(next)).Ended);
        Assert.Equal(Here, (await SendAsync(next with { IsRepeated = true, SentAgo = TimeSpan.FromSeconds(1) })).UnsureOf);
        Assert.Equal([1, 2, 3], _runs.Items);
    }

    [Fact]
    public async Task A_repeated_one_is_told_of_an_ended_job_only_if_that_is_older_than_its_first_try()
    {
        await StartAsync();
        await RunAsync(Request("a", 1));
        var repeated = Request("b", 2) with { IsRepeated = true, SentAgo = TimeSpan.FromSeconds(5) };
        Assert.Equal(Here, (await SendAsync(repeated)).UnsureOf);
        _clock.Advance(TimeSpan.FromSeconds(10));
        var ended = (await SendAsync(repeated)).Ended!;
        await RunAsync(Replacing(repeated with { IsRepeated = false }, ended));
        Assert.Equal([1, 2], _runs.Items);
    }

    [Fact]
    public async Task It_is_the_same_with_a_batch_over_partitions()
    {
        await StartAsync();
        EnqueueRequest[] Both(string call, int n) => [Request(call, n), Request(call, n, There)];
        async Task<EnqueueReply> AcrossAsync(EnqueueRequest[] requests) => await Directory.EnqueueAcrossAsync(requests, CancellationToken.None).Soon();
        async Task<JobSnapshot[]> EndAsync() => [await Client.WaitAsync(Here).Soon(), await Client.WaitAsync(There).Soon()];

        await AcrossAsync(Both("a", 1));
        await EndAsync();
        var ended = (await AcrossAsync(Both("b", 2))).Ended!;
        Assert.Equal(new HashSet<JobId> { Here, There }, [.. ended.Keys]);
        EnqueueRequest[] next = [.. Both("b", 2).Select(request => Replacing(request, ended))];
        Assert.Equal(2, (await AcrossAsync(next)).Replaced!.Count);
        Assert.All(await EndAsync(), job => Assert.Equal("2"u8.ToArray(), job.Payload.ToArray()));
        Assert.Null((await AcrossAsync(next)).Ended);
        Assert.Null((await AcrossAsync([.. next.Select(request => request with { IsRepeated = true })])).Ended);
        Assert.Equal([1, 1, 2, 2], _runs.Items.Order());
        Assert.Equal(2, (await Client.CountAsync().Soon()).Completed);
    }

    private async Task StartAsync()
    {
        _silos = (TestSilos)_fixture.Create(
            jobs =>
            {
                jobs.Clock = _clock;
                jobs.Handle(Count, (n, _) =>
                {
                    _runs.Add(n);
                    return Task.CompletedTask;
                });
            },
            _clock,
            null);
        await _silos.StartAsync().Soon();
    }

    private Task<EnqueueReply> SendAsync(EnqueueRequest request) => Partition.EnqueueAsync(request, CancellationToken.None).Soon();

    private async Task RunAsync(EnqueueRequest request)
    {
        Assert.Null((await SendAsync(request)).Ended);
        var job = await Client.WaitAsync(Here).Soon();
        Assert.Equal(JobState.Completed, job.State);
        Assert.Equal(request.Jobs[0].Payload.ToArray(), job.Payload.ToArray());
    }

    private static EnqueueRequest Replacing(EnqueueRequest request, Dictionary<JobId, long> ended) => request with
    {
        Jobs = [.. request.Jobs.Select(job => job with { Replaces = ended[job.Id] })],
    };

    private static EnqueueRequest Request(string call, int n, JobId? other = null)
    {
        var (id, queue) = other is { } named ? (named, (QueueName)"elsewhere") : (Here, QueueName.Default);
        return new EnqueueRequest
        {
            Queue = queue,
            Partition = id.Partition,
            RequestId = call,
            Jobs =
            [
                new NewJobMessage
                {
                    Id = id,
                    Task = Count.Name,
                    Payload = System.Text.Encoding.UTF8.GetBytes($"{n}"),

                    // A request that all of them belong to does not tell them apart.
                    Options = new JobOptionsMessage { Queue = queue, RequestId = "shared" },
                    IsOwnId = true,
                    IdScope = JobIdScope.Live,
                },
            ],
        };
    }
}

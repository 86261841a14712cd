using System.Text;
using Jobs.Conformance;
using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>A task by its name and a job by its id, for code that has only an Orleans client (E1).</summary>
public sealed class GrainTests : IAsyncDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(9);
    private static readonly ResultTask<string, int> Measure = ResultTask.Create<string, int>("measure");
    private static readonly TaskDefinition<string> Fail = TaskDefinition.Create<string>("fail");
    private readonly TestSilos _silos;

    public GrainTests()
    {
        var store = new SharedStore(new InMemoryJobStore());
        _silos = new TestSilos(
            jobs => jobs
                .Queue("wide", q => q.Partitions = 8)
                .Handle(Measure, (text, _) => Task.FromResult(text.Length))
                .Handle(Fail, (_, _) => throw new InvalidOperationException("as it was asked to")),
            () => store,
            TimeProvider.System);
    }

    public ValueTask DisposeAsync() => _silos.DisposeAsync();

    [Fact]
    public async Task A_task_grain_runs_a_job_and_returns_its_end()
    {
        await _silos.StartAsync().Soon();
        var task = _silos.Grains.GetGrain<ITask>("measure");

        // So that the grain knows the queue and does all that follows on its own turn.
        await task.EnqueueAsync(Payload("before")).Soon();
        var job = await task.RunAsync(Payload("four"), Long).Soon();
        Assert.Equal((JobState.Completed, "4"), (job.State, Encoding.UTF8.GetString(job.Result!.Value.Span)));

        var unkept = await task.RunAsync(Payload("seven c"), Long, new JobOptionsMessage { KeepFor = TimeSpan.Zero }).Soon();
        Assert.Equal((JobState.Completed, "7"), (unkept.State, Encoding.UTF8.GetString(unkept.Result!.Value.Span)));
        Assert.Null(await _silos.Client.FindAsync(unkept.Id).Soon());
    }

    [Fact]
    public async Task A_job_grain_shows_waits_cancels_and_retries()
    {
        await _silos.StartAsync().Soon();
        var task = _silos.Grains.GetGrain<ITask>("fail");
        var once = new JobOptionsMessage { MaxAttempts = 1, Tags = ["red"], Headers = new() { ["X-Name"] = "v" } };
        var dead = _silos.Grains.GetGrain<IJob>((await task.EnqueueAsync(Payload("x"), once).Soon()).ToString());
        var end = await dead.WaitAsync(Long).Soon();
        Assert.Equal((JobState.Dead, "as it was asked to"), (end.State, end.LastError?.Message));
        Assert.Equal(("red", "v"), (Assert.Single(end.Tags), end.Headers["x-name"]));
        await dead.RetryAsync().Soon();
        Assert.Equal(JobState.Dead, (await dead.WaitAsync(Long).Soon()).State);

        var later = new JobOptionsMessage { Delay = TimeSpan.FromHours(1) };
        var waiting = _silos.Grains.GetGrain<IJob>((await task.EnqueueAsync(Payload("x"), later).Soon()).ToString());
        Assert.Equal(JobState.Scheduled, (await waiting.FindAsync().Soon())!.State);
        await Assert.ThrowsAsync<JobWaitTimeoutException>(() => waiting.WaitAsync(TimeSpan.Zero).Soon());
        Assert.Equal(JobState.Cancelled, (await waiting.CancelAsync().Soon()).State);
        var refused = await Assert.ThrowsAsync<WrongJobStateException>(() => waiting.CancelAsync().Soon());
        Assert.Equal(JobState.Cancelled, refused.State);

        var nobody = _silos.Grains.GetGrain<IJob>(JobId.FromName("default", "nobody").ToString());
        Assert.Null(await nobody.FindAsync().Soon());
        await Assert.ThrowsAsync<JobNotFoundException>(() => nobody.CancelAsync().Soon());
    }

    [Fact]
    public async Task Each_job_of_a_batch_may_have_options_and_an_id_of_its_own()
    {
        await _silos.StartAsync().Soon();
        var task = _silos.Grains.GetGrain<ITask>("measure");
        var once = JobOptionsMessage.Of(Measure, new EnqueueOptions { UniqueKey = "k" }.After(TimeSpan.FromHours(1)));
        var own = new NewTaskJob { Payload = Payload("c"), OwnId = JobId.FromName("default", "mine") };
        NewTaskJob[] batch = [new() { Payload = Payload("a"), Options = once }, new() { Payload = Payload("b"), Options = once }, own];
        var jobs = await task.EnqueueBatchAsync(batch).Soon();
        Assert.Equal((jobs[0].Id, false, true, own.OwnId), (jobs[1].Id, jobs[0].AlreadyExisted, jobs[1].AlreadyExisted, jobs[2].Id));
        await Assert.ThrowsAsync<DuplicateJobException>(() => task.EnqueueBatchAsync([own]).Soon());

        var waiting = _silos.Grains.GetGrain<IJob>(jobs[0].Id.ToString());
        var urgent = await waiting.ApplyAsync(JobActionMessage.From(JobAction.ChangePriority(new Priority(7)))).Soon();
        Assert.Equal((JobState.Scheduled, 7), (urgent.State, urgent.Priority.Urgency));
        await waiting.ApplyAsync(JobActionMessage.From(JobAction.RunNow)).Soon();
        Assert.Equal(JobState.Completed, (await waiting.WaitAsync(Long).Soon()).State);
    }

    [Fact]
    public async Task A_batch_over_many_partitions_is_there_whole_or_not_at_all()
    {
        await _silos.StartAsync().Soon();
        var wide = new JobOptionsMessage { Queue = "wide", Delay = TimeSpan.FromHours(1) };
        var ids = await _silos.Grains.GetGrain<ITask>("measure").EnqueueManyAsync([.. Enumerable.Range(0, 40).Select(i => Payload($"{i}"))], wide).Soon();
        Assert.Equal(8, ids.Select(id => id.Partition).Distinct().Count());
        Assert.Equal(40, (await _silos.Client.CountAsync("wide").Soon()).Scheduled);

        await Assert.ThrowsAsync<LimitExceededException>(() => _silos.Grains.GetGrain<ITask>("measure").EnqueueManyAsync(
            [.. Enumerable.Range(0, 40).Select(i => i < 39 ? Payload($"{i}") : new byte[300_000])], wide).Soon());
        Assert.Equal(40, (await _silos.Client.CountAsync("wide").Soon()).Scheduled);
        Assert.Equal(40, await _silos.Client.ApplyAsync(new JobFilter { Queue = "wide" }, JobAction.RunNow).Soon());
        foreach (var id in ids) Assert.Equal(JobState.Completed, (await _silos.Client.WaitAsync(id).Soon()).State);
    }

    [Fact]
    public async Task A_repeated_request_enqueues_nothing_twice()
    {
        await _silos.StartAsync().Soon();
        var description = await _silos.Grains.GetGrain<IJobDirectory>(0).DescribeQueueAsync("wide").Soon();
        var ids = new JobIdSource(TimeProvider.System, new Random(1));
        EnqueueRequest Request(int partition, int jobs) => new()
        {
            Queue = description.Queue,
            Partition = partition,
            Jobs = [.. Enumerable.Range(0, jobs).Select(_ => new NewJobMessage
            {
                Id = ids.Next(description.Queue, partition),
                Task = "measure",
                Payload = Payload("x"),
                Options = new JobOptionsMessage { Delay = TimeSpan.FromHours(1) },
            })],
        };

        var request = Request(3, 2);
        var partition = _silos.Grains.GetGrain<IQueuePartition>("wide/3");
        await partition.EnqueueAsync(request, default).Soon();
        await partition.EnqueueAsync(request with { IsRepeated = true }, default).Soon();
        var longer = request with { IsRepeated = true, Jobs = [.. request.Jobs, .. Request(3, 1).Jobs] };
        await partition.EnqueueAsync(longer, default).Soon();
        Assert.Equal(3, (await _silos.Client.CountAsync("wide").Soon()).Scheduled);

        EnqueueRequest[] across = [Request(1, 1), Request(2, 1)];
        var directory = _silos.Grains.GetGrain<IJobDirectory>(0);
        await directory.EnqueueAcrossAsync(across, default).Soon();
        await directory.EnqueueAcrossAsync([.. across.Select(r => r with { IsRepeated = true })], default).Soon();
        Assert.Equal(5, (await _silos.Client.CountAsync("wide").Soon()).Scheduled);
    }

    [Fact]
    public async Task A_repeated_request_knows_its_own_job_under_an_id_of_the_callers_own()
    {
        await _silos.StartAsync().Soon();
        EnqueueRequest Request(string queue, string name, string id) => new()
        {
            Queue = queue,
            Partition = 0,
            RequestId = id,
            IsRepeated = true,
            Jobs = [new NewJobMessage
            {
                Id = JobId.FromName(queue, name),
                Task = "measure",
                Payload = Payload("x"),
                Options = new JobOptionsMessage { Delay = TimeSpan.FromHours(1) },
                IsOwnId = true,
            }],
        };
        var partition = _silos.Grains.GetGrain<IQueuePartition>("default/0");
        foreach (var _ in (int[])[1, 2]) await partition.EnqueueAsync(Request("default", "a", "mine"), default).Soon();
        await Assert.ThrowsAsync<DuplicateJobException>(() => partition.EnqueueAsync(Request("default", "a", "another"), default).Soon());

        var directory = _silos.Grains.GetGrain<IJobDirectory>(0);
        EnqueueRequest[] across = [Request("default", "b", "both"), Request("side", "b", "both")];
        foreach (var _ in (int[])[1, 2]) await directory.EnqueueAcrossAsync(across, default).Soon();
        EnqueueRequest[] others = [Request("default", "c", "others"), Request("side", "b", "others")];
        var taken = await Assert.ThrowsAsync<DuplicateJobException>(() => directory.EnqueueAcrossAsync(others, default).Soon());
        Assert.Equal((JobId.FromName("side", "b"), 3), (taken.Id, (await _silos.Client.CountAsync().Soon()).Scheduled));
    }

    [Fact]
    public async Task A_second_owner_makes_the_first_one_leave_and_clients_do_not_notice()
    {
        await _silos.StartAsync().Soon();
        Assert.Equal(1, await _silos.Client.RunAsync(Measure, "a").Soon());
        await _silos.Nodes.First().Store.ClaimAsync(
            new PartitionKey("default", 0), new OwnershipClaim("somebody else", TimeSpan.FromSeconds(10), EvenIfHeld: true), default);
        Assert.Equal(2, await _silos.Client.RunAsync(Measure, "bb").Soon());
        Assert.Equal(3, await _silos.Client.RunAsync(Measure, "ccc").Soon());
    }

    private static byte[] Payload(string text) => Encoding.UTF8.GetBytes($"\"{text}\"");
}

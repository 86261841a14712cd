using System.Collections.Concurrent;
using Jobs.Core;
using Jobs.Testing;

namespace Jobs.Conformance.Engines;

/// <summary>
/// A store that fails now and then, before or after the fact (I9, D8). What a caller was told is true, every job ends once and runs no more
/// often than its handler fails, and what a caller was refused is not there.
/// </summary>
public abstract class FaultContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private static readonly ResultTask<string, string> Echo = ResultTask.Create<string, string>("echo", o =>
    {
        o.Backoff = RetryPolicy.Constant(Second);
        o.MaxAttempts = 3;
    });

    private readonly ConcurrentDictionary<JobId, int> _runs = new();
    private readonly ConcurrentDictionary<string, int> _groups = new(StringComparer.Ordinal);
    private readonly EndObserver _ends = new();
    private readonly ConcurrentBag<string> _faults = [];
    private readonly ConcurrentBag<FaultyJobStore> _stores = [];

    /// <summary>How often its stores failed; each process of an engine has one.</summary>
    private long Faults => _stores.Sum(store => store.Faults);

    /// <summary>The plans, by names that test reports show.</summary>
    public static TheoryData<string> Plans => ["fail before", "fail after", "lose answers", "fail reads", "anything 1", "anything 2", "anything 3"];

    [Theory]
    [MemberData(nameof(Plans))]
    public async Task Every_job_that_was_acknowledged_ends_once_and_no_other_is_there(string plan)
    {
        var engine = await StartFaultyAsync(PlanOf(plan));
        var acknowledged = new ConcurrentDictionary<JobId, string>();
        var callers = Task.WhenAll(Enumerable.Range(0, 3).Select(i => Task.Run(() => CallAsync(engine.Client, i, acknowledged))));
        await AdvanceUntil(LongestPause, callers);
        Assert.True(Faults > 5, $"{plan}: only {Faults} faults");
        foreach (var store in _stores) store.Calm();
        await AdvanceUntil(LongestPause, Task.WhenAll(acknowledged.Keys.Select(id => engine.Client.WaitAsync(id).AsTask())));

        var stored = new List<JobSnapshot>();
        while (await PageAsync(engine.Client, stored) is { Count: > 0 } page) stored.AddRange(page);
        Assert.Equal(acknowledged.Keys.Order(), stored.Select(job => job.Id));
        Assert.All(stored, job => Assert.Equal(JobState.Completed, job.State));
        Assert.All(stored, job => Assert.Equal(acknowledged[job.Id], JsonPayloadCodec.Default.Decode<string>(job.Payload)));
        Assert.All(stored, job => Assert.Equal(Fails(acknowledged[job.Id]) + 1, _runs[job.Id]));
        Assert.All(stored, job => Assert.Equal((Fails(acknowledged[job.Id]), 0), (job.Failures, job.LostDeliveries)));
        await _ends.Completed.Reaches(stored.Count).Soon();
        Assert.Equal(stored.Select(job => job.Id), _ends.Completed.Items.Select(job => job.Id).Order());
        Assert.Empty(_faults);
    }

    [Fact]
    public async Task What_was_asked_of_a_job_is_done_or_refused_and_the_engine_knows_which()
    {
        var engine = await StartFaultyAsync(PlanOf("lose answers"));
        for (var i = 0; i < 20; i++)
        {
            var job = await AdvanceUntil(LongestPause, InsistAsync(() => engine.Client.EnqueueAsync(Echo, "later", o => o.After(Minute * 60)).AsTask()));
            var changed = await AdvanceUntil(LongestPause, DoesAsync(() => engine.Client.ChangePriorityAsync(job.Id, 5).AsTask()));
            Assert.Equal(changed ? 5 : 0, (await engine.Client.GetAsync(job.Id)).Priority.Urgency);
            if (!await AdvanceUntil(LongestPause, DoesAsync(() => engine.Client.RunNowAsync(job.Id).AsTask())))
                Assert.Equal(JobState.Scheduled, (await engine.Client.GetAsync(job.Id)).State);
            if (!await AdvanceUntil(LongestPause, DoesAsync(() => engine.Client.CancelAsync(job.Id).AsTask()))) continue;
            Assert.True((await engine.Client.GetAsync(job.Id)).State.IsFinal());
        }

        Assert.True(Faults > 10, $"only {Faults} faults");
    }

    [Fact]
    public async Task A_unique_key_and_an_id_of_the_callers_own_hold_although_answers_are_lost()
    {
        var engine = await StartFaultyAsync(PlanOf("lose answers"), concurrency: 0);
        var first = await AdvanceUntil(LongestPause, InsistAsync(() => engine.Client.EnqueueAsync(Echo, "x", o => o.UniqueKey = "key").AsTask()));
        for (var i = 0; i < 10; i++)
        {
            var again = await AdvanceUntil(LongestPause, InsistAsync(() => engine.Client.EnqueueAsync(Echo, "x", o => o.UniqueKey = "key").AsTask()));
            Assert.Equal((first.Id, true), (again.Id, again.AlreadyExisted));
            var mixed = await AdvanceUntil(LongestPause, InsistAsync(() => engine.Client.EnqueueBatchAsync(
                [NewJob.Of(Echo, "x", o => o.UniqueKey = "key"), NewJob.Of(Echo, "other"), NewJob.Of(Echo, "y", o => o.UniqueKey = $"key {i}")]).AsTask()));
            Assert.Equal([true, false, false], mixed.Select(handle => handle.AlreadyExisted));
            var id = JobId.FromName(QueueName.Default, $"mine {i}");
            await AdvanceUntil(LongestPause, InsistAsync(() => engine.Client.EnqueueAsync(Echo, "z", o => o.WithId(id)).AsTask()));
            await AdvanceUntil(LongestPause, Assert.ThrowsAsync<DuplicateJobException>(
                () => InsistAsync(() => engine.Client.EnqueueAsync(Echo, "z", o => o.WithId(id)).AsTask())));
        }

        Assert.Equal(1 + (3 * 10), (await engine.Client.CountAsync().Soon()).Unfinished);
    }

    [Fact]
    public async Task It_stops_although_a_commit_is_never_answered_and_the_next_one_goes_on_from_what_is_true()
    {
        var gate = new StoreGate();
        var engine = await StartFaultyAsync(FaultPlan.When(IsInsert, StoreFault.HoldAnswer(gate)));
        var enqueue = engine.Client.EnqueueAsync(Echo, "x").AsTask();
        var held = await gate.NextAsync().Soon();
        var id = held.Call.Units[0].Changes[0].Transition.Job.Id;
        await AdvanceUntil(Minute, engine.StopAsync());
        var error = await Record.ExceptionAsync(() => enqueue.Soon());
        if (error is null && Capabilities.AsksAnotherOwner) Assert.Equal((id, false), ((await enqueue).Id, (await enqueue).AlreadyExisted));
        else Assert.IsType<CommitFateUnknownException>(error);
        if (!Capabilities.KeepsJobsOverRestart) return;

        var next = await StartAsync(b => b.Handle(Echo, RunAsync));
        Assert.Equal("x", await next.Client.Handle(Echo, id).ResultAsync().Soon());
    }

    [Fact]
    public async Task A_job_is_not_handed_out_before_its_enqueue_is_answered()
    {
        var gate = new StoreGate();
        var engine = await StartFaultyAsync(FaultPlan.When(IsInsert, StoreFault.HoldAnswer(gate)));
        var enqueue = engine.Client.EnqueueAsync(Echo, "x").AsTask();
        var held = await gate.NextAsync().Soon();
        var id = held.Call.Units[0].Changes[0].Transition.Job.Id;
        Assert.Equal(JobState.Pending, (await engine.Client.GetAsync(id).Soon()).State);
        Assert.False(enqueue.IsCompleted);
        Assert.Empty(_runs);
        held.Release();
        Assert.Equal("x", await (await enqueue.Soon()).ResultAsync().Soon());
        Assert.Equal(1, _runs[id]);
    }

    private static bool IsInsert(StoreCall call) => call.Units.Any(unit => unit.Changes[0].Transition.Before is null);

    private static FaultPlan PlanOf(string name) => name switch
    {
        "fail before" => FaultPlan.EveryNth(3, StoreFault.FailBefore),
        "fail after" => FaultPlan.EveryNth(3, StoreFault.FailAfter),
        "lose answers" => FaultPlan.EveryNth(2, StoreFault.LoseAnswer),
        "fail reads" => FaultPlan.EveryNth(3, StoreFault.LoseAnswer).Or(FaultPlan.EveryNth(2, StoreFault.FailAfter, StoreCallKind.Read)),
        _ => FaultPlan.AtRandom(TestSeed.Value + name[^1], 0.4, [StoreFault.FailBefore, StoreFault.FailAfter, StoreFault.LoseAnswer])
            .Or(FaultPlan.AtRandom(TestSeed.Value - name[^1], 0.3, [StoreFault.FailBefore, StoreFault.FailAfter], StoreCallKind.Read)),
    };

    private static int Fails(string payload) => payload.StartsWith("fails", StringComparison.Ordinal) ? 1 : 0;

    private static async Task<IReadOnlyList<JobSnapshot>> PageAsync(IJobClient client, List<JobSnapshot> before) => await client.ListAsync(
        new JobQuery { NewestFirst = false, PageJobs = 100, After = before.Count == 0 ? null : before[^1].Id }).Soon();

    /// <summary>Calls again while the store refuses, as callers do.</summary>
    private static async Task<T> InsistAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (e is StoreUnavailableException or IOException)
            {
                await Task.Yield();
            }
        }
    }

    private static async Task<bool> DoesAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (Exception e) when (e is StoreUnavailableException or IOException or WrongJobStateException)
        {
            return false;
        }
    }

    /// <summary>The plan begins when the engine runs; a start that fails is told to whoever starts it.</summary>
    private async Task<ITestEngine> StartFaultyAsync(FaultPlan plan, int concurrency = 8)
    {
        var runs = false;
        var engine = await StartAsync(b => b
            .DecorateStore(store =>
            {
                var faulty = new FaultyJobStore(store, plan.If(_ => Volatile.Read(ref runs)));
                _stores.Add(faulty);
                return faulty;
            })
            .Queue(QueueName.Default, q => q.Concurrency = concurrency)
            .AddObserver(_ends)
            .Handle(Echo, RunAsync));
        Volatile.Write(ref runs, true);
        return engine;
    }

    private async Task<string> RunAsync(string payload, JobContext job)
    {
        if (_ends.Completed.Items.Any(ended => ended.Id == job.Id)) _faults.Add($"{job.Id} runs after its end");
        var group = payload.Contains("group", StringComparison.Ordinal) ? payload[^1..] : null;
        if (group is not null && _groups.AddOrUpdate(group, 1, (_, running) => running + 1) > 1) _faults.Add($"{job.Id} runs beside another of its group");
        await Task.Yield();
        if (group is not null) _groups.AddOrUpdate(group, 0, (_, running) => running - 1);
        var run = _runs.AddOrUpdate(job.Id, 1, (_, runs) => runs + 1);
        if (run <= Fails(payload)) throw new InvalidOperationException("It fails once.");
        return payload;
    }

    private static async Task CallAsync(IJobClient client, int number, ConcurrentDictionary<JobId, string> acknowledged)
    {
        for (var i = 0; i < 25; i++)
        {
            var payload = (i % 5) switch
            {
                1 => $"fails {number} {i}",
                2 => $"group {number} {i} {number}",
                _ => $"plain {number} {i}",
            };
            try
            {
                if (i % 5 == 4)
                {
                    foreach (var handle in await client.EnqueueManyAsync(Echo, [payload, payload, payload])) acknowledged[handle.Id] = payload;
                    continue;
                }

                var job = await client.EnqueueAsync(Echo, payload, o =>
                {
                    if (i % 5 == 2) o.GroupKey = $"group {number}";
                    if (i % 5 == 3) o.UniqueKey = $"key {i % 2}";
                });
                if (!job.AlreadyExisted) acknowledged[job.Id] = payload;
            }
            catch (Exception e) when (e is StoreUnavailableException or IOException)
            {
                // Refused: the job must not be there.
            }
        }
    }

    private sealed class EndObserver : IJobObserver
    {
        internal Recording<JobSnapshot> Completed { get; } = new();

        void IJobObserver.Completed(JobSnapshot job) => Completed.Add(job);
    }
}

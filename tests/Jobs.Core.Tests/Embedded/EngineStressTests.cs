using System.Collections.Concurrent;
using System.Globalization;

namespace Jobs.Core.Tests.Embedded;

/// <summary>Real threads on a whole engine with tiny windows and a store that is late and fails. JOBS_TEST_SEED repeats or varies a run.</summary>
public sealed class EngineStressTests : IAsyncDisposable
{
    private const int Callers = 4;
    private const int Steps = 120;
    private const int Capacity = 40;
    private static readonly TimeSpan Safety = TimeSpan.FromSeconds(180);

    private readonly InMemoryJobStore _store = new();
    private readonly StressLedger _ledger = new();
    private readonly StressHandlers _handlers;
    private readonly ConcurrentBag<Task> _waits = [];
    private readonly List<QueueName> _queues = [];
    private LateStore? _late;
    private EmbeddedEngine? _engine;

    public EngineStressTests() => _handlers = new StressHandlers(_ledger, () => _engine!.Client);

    private static int Seed =>
        int.TryParse(Environment.GetEnvironmentVariable("JOBS_TEST_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20300601;

    [Theory]
    [InlineData(1, 1, PollStrategy.PriorityFirst)]
    [InlineData(1, 3, PollStrategy.RunAtFirst)]
    [InlineData(1, 24, PollStrategy.Fifo)]
    [InlineData(4, 1, PollStrategy.Fifo)]
    [InlineData(4, 3, PollStrategy.PriorityFirst)]
    [InlineData(4, 24, PollStrategy.RunAtFirst)]
    public async Task Everything_ends_once_and_gives_back_what_it_took(int partitions, int concurrency, PollStrategy strategy)
    {
        await StartAsync(partitions, concurrency, strategy, 0);
        await Bounded("the callers", CallAsync());
        await DrainAsync();
        await Bounded("room", CheckRoomAsync());
        await Bounded("slots", CheckSlotsAsync(concurrency));
        await Bounded("the stop", _engine!.DisposeAsync().AsTask());
        await ReportAsync();
    }

    [Theory]
    [InlineData(1, 3, PollStrategy.Fifo)]
    [InlineData(4, 24, PollStrategy.PriorityFirst)]
    [InlineData(4, 3, PollStrategy.RunAtFirst)]
    public async Task What_a_stop_interrupts_another_engine_ends(int partitions, int concurrency, PollStrategy strategy)
    {
        for (var round = 0; round < 3; round++)
        {
            await StartAsync(partitions, concurrency, strategy, round);
            var calls = CallAsync();
            await Bounded("some runs", Task.Run(async () =>
            {
                for (var runs = _ledger.Runs; _ledger.Runs < runs + 150 && !calls.IsCompleted;) await Task.Yield();
            }));
            await Bounded("the stop", Task.WhenAll(_engine!.StopAsync(), _engine.StopAsync()));
            await Bounded("the callers", calls);
            await Bounded("the waiters", Task.WhenAll(_waits));
            var running = await _store.ListAsync(new JobQuery { States = [JobState.Running] }, default, CancellationToken.None);
            Assert.True(running.Count == 0, $"{Name}: running after the stop: {string.Join(", ", running.Select(j => j.Id))}");
        }

        await StartAsync(partitions, concurrency, strategy, 3);
        await DrainAsync();
        await Bounded("room", CheckRoomAsync());
        await Bounded("the stop", _engine!.DisposeAsync().AsTask());
        await ReportAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // A test that has failed leaves handlers that hold slots.
        _handlers.OpenGate();
        _handlers.LetGo();
        if (_engine is not null) await _engine.DisposeAsync().AsTask().WaitAsync(Safety);
        if (_late is not null) await _late.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static string Name => $"JOBS_TEST_SEED={Seed}";

    private async Task StartAsync(int partitions, int concurrency, PollStrategy strategy, int round)
    {
        _late = new LateStore(_store, Seed + round);
        _queues.Clear();
        _queues.AddRange(["one", "two", "three"]);
        _engine = EmbeddedJobs.Create(b =>
        {
            b.OnUnknownTask = UnknownTaskPolicy.Hold;
            b.OnDuplicate = DuplicateRegistration.Replace;
            b.DrainTime = TimeSpan.Zero;
            b.StopTime = TimeSpan.FromSeconds(10);
            b.Window = new PartitionLimits { WindowReadyJobs = 8, WindowDueJobs = 8, WindowGroupJobs = 4 };
            b.Seed = Seed + (1000 * round);
            b.UseStore(_ => _late).AddObserver(_ledger);
            foreach (var task in _handlers.All) b.OnExhausted(task, _ledger.Exhausted);
            foreach (var name in _queues)
            {
                b.Queue(name, q =>
                {
                    q.Partitions = partitions;
                    q.Concurrency = concurrency;
                    q.Strategy = strategy;
                    q.CapacityJobs = Capacity;
                    q.WaitForRoom = Safety + Safety;
                });
            }

            b.Queue(StressHandlers.Children, q => q.Concurrency = 3);
            _handlers.Register(b);
        });
        await Bounded("the start", _engine.StartAsync());
    }

    /// <summary>Several callers at once, while gates open and a handler comes and goes.</summary>
    private async Task CallAsync()
    {
        var engine = _engine!;
        var calls = Task.WhenAll(Enumerable.Range(0, Callers).Select(i =>
            Task.Run(() => new StressClient(engine.Client, _handlers, _ledger, [.. _queues], _waits, Seed + (31 * i)).RunAsync(Steps))));
        await Task.Run(async () =>
        {
            for (var i = 0; !calls.IsCompleted; i++)
            {
                await Task.Yield();
                if (i % 50 == 0) _handlers.PulseGate();
                if (i % 400 == 100) engine.Registry.Remove(_handlers.Limited.Name);
                if (i % 400 == 150) _handlers.AddLimited(engine.Registry);
            }
        });
        _handlers.AddLimited(engine.Registry);
        await calls;
    }

    private async Task DrainAsync()
    {
        _late!.Calm();
        _handlers.OpenGate();
        foreach (var id in _ledger.Acknowledged.Keys)
        {
            try
            {
                await Bounded($"the end of {id}", _engine!.Client.WaitAsync(id).AsTask());
            }
            catch (JobNotFoundException) when (_ledger.Deleted.ContainsKey(id))
            {
                // As it should be.
            }
        }

        await Bounded("the waiters", Task.WhenAll(_waits));
        await Bounded("all others", Task.Run(async () =>
        {
            // Children that a handler waits for are acknowledged to that handler only.
            while ((await _engine!.Client.CountAsync()) is { Running: > 0 } or { Pending: > 0 } or { Retrying: > 0 } or { Scheduled: > 0 })
                await Task.Yield();
        }));
    }

    /// <summary>A queue that everything has left takes exactly its capacity, by whatever way the others have left it.</summary>
    private async Task CheckRoomAsync()
    {
        var client = _engine!.Client;
        foreach (var queue in _queues)
        {
            var jobs = await client.EnqueueManyAsync(_handlers.Plain, [.. Enumerable.Repeat(new StressJob(0), Capacity)], o => o.On(queue).After(Safety * 60));
            using var giveUp = new CancellationTokenSource();
            var more = client.EnqueueAsync(_handlers.Plain, new StressJob(0), o => o.On(queue), giveUp.Token).AsTask();
            await giveUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => more);
            await Task.WhenAll(jobs.Select(j => client.DeleteAsync(j.Id).AsTask()));
        }
    }

    /// <summary>Every slot can be taken at once, and every slot of a task's own limit.</summary>
    private async Task CheckSlotsAsync(int concurrency)
    {
        await HoldAsync(_handlers.Plain, concurrency, concurrency);
        await HoldAsync(_handlers.Limited, StressHandlers.TaskLimit + 1, Math.Min(concurrency, StressHandlers.TaskLimit));
    }

    private async Task HoldAsync(TaskDefinition<StressJob> task, int jobs, int atOnce)
    {
        var handles = await _engine!.Client.EnqueueManyAsync(task, [.. Enumerable.Repeat(new StressJob(StressHandlers.Holds), jobs)], o => o.On(_queues[0]));
        await Task.Run(async () =>
        {
            while (_handlers.Held < atOnce) await Task.Yield();
        });
        var ends = Task.WhenAll(handles.Select(h => h.WaitAsync().AsTask()));
        await Task.Run(async () =>
        {
            while (!ends.IsCompleted)
            {
                _handlers.LetGo();
                await Task.Yield();
            }
        });
        await ends;
    }

    private async Task Bounded(string what, Task task)
    {
        try
        {
            await task.WaitAsync(Safety);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"{Name}: {what} did not come.\n{await StateAsync()}");
        }
    }

    private async Task<string> StateAsync()
    {
        var jobs = await _store.ListAsync(
            new JobQuery { States = [JobState.Pending, JobState.Running, JobState.Retrying, JobState.Scheduled], PageJobs = 40, NewestFirst = false },
            TimeProvider.System.GetUtcNow(),
            CancellationToken.None);
        var queues = _queues.Append(StressHandlers.Children).Select(q => _engine!.FindQueue(q)).OfType<JobQueue>().Select(q =>
            $"{q.Name}: running {string.Join(", ", q.Worker!.Running.Select(r => r.Id))}; hungry {string.Join(", ", q.Partitions.Select(p => p.IsHungry))}");
        var lines = jobs.Select(j =>
            $"{j.Id} {j.Terms.Queue}/{j.Id.Partition} {j.Terms.Task} {j.State} group {j.Terms.GroupKey} "
            + $"delivery {j.Deliveries} failures {j.Failures} due {j.RunAt:O}");
        return string.Join('\n', queues.Concat(lines).Concat(_ledger.Faults.Take(10)));
    }

    private async Task ReportAsync()
    {
        await _ledger.CheckAsync(_store);
        Assert.True(_ledger.Runs > 100, $"{Name}: only {_ledger.Runs} runs");
        Assert.True(_ledger.Faults.IsEmpty, $"{Name}:\n{string.Join('\n', _ledger.Faults.Take(20))}");
    }
}

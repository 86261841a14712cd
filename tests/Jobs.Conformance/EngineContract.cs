using Jobs.Core;

namespace Jobs.Conformance;

/// <summary>What the suites over engines share: a manual clock, engines that are stopped at the end, and two plain tasks.</summary>
public abstract class EngineContract(IEngineFixture fixture) : IAsyncDisposable
{
    // These come first: the tasks below read them.
    protected static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    protected static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    protected static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work", o => o.Backoff = RetryPolicy.Constant(Minute));
    protected static readonly TaskDefinition<string> Other = TaskDefinition.Create<string>("other");
    protected static readonly ResultTask<string, int> Measure = ResultTask.Create<string, int>("measure", o => o.Backoff = RetryPolicy.Constant(Minute));

    private readonly List<ITestEngine> _engines = [];

    protected ManualClock Clock { get; } = new();

    protected DateTimeOffset Now => Clock.GetUtcNow();

    protected EngineCapabilities Capabilities => fixture.Capabilities;

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines) await engine.DisposeAsync().Soon();
        await fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes an engine with the manual clock that gives up running handlers at once when it stops.</summary>
    protected ITestEngine Create(Action<JobsBuilder> configure, IServiceProvider? services = null)
    {
        var engine = fixture.Create(
            builder =>
            {
                builder.Clock = Clock;
                builder.DrainTime = TimeSpan.Zero;
                builder.StopTime = TimeSpan.Zero;
                configure(builder);
            },
            Clock,
            services);
        _engines.Add(engine);
        return engine;
    }

    protected async Task<ITestEngine> StartAsync(Action<JobsBuilder> configure, IServiceProvider? services = null)
    {
        var engine = Create(configure, services);
        await engine.StartAsync().Soon();
        return engine;
    }

    protected async Task<IJobClient> StartClientAsync(Action<JobsBuilder> configure, IServiceProvider? services = null) =>
        (await StartAsync(configure, services)).Client;

    /// <summary>Keeps the record: a test's time may run for days before somebody on a busy machine looks at it.</summary>
    protected static void Kept(EnqueueOptions options) => options.Retention = RetentionPolicy.For(TimeSpan.FromDays(10_000));

    /// <summary>Waits until the job is final.</summary>
    protected static Task<JobSnapshot> EndOf(JobHandle job) => job.WaitAsync().Soon();

    /// <summary>Waits until the job waits for a later time: what its handler said is committed then, and its time is known.</summary>
    protected static Task Waits(JobHandle handle)
    {
        return LookAsync().Soon();

        async Task LookAsync()
        {
            while ((await handle.GetAsync()).State is JobState.Pending or JobState.Running) await Task.Yield();
        }
    }

    /// <summary>Waits for something that is told to nobody, such as a count that is right a moment after the job's end.</summary>
    protected static Task Until(Func<bool> holds)
    {
        return LookAsync().Soon();

        async Task LookAsync()
        {
            while (!holds()) await Task.Yield();
        }
    }

    /// <summary>Moves the time so far and no further, and waits for what this brings about.</summary>
    protected async Task Advance(TimeSpan by, Task task)
    {
        Clock.Advance(by);
        await task.Soon();
    }

    /// <summary>
    /// Moves the time so far and no further, and waits for what this brings about. Looks pass through the partitions meanwhile, which so
    /// notice the time although one of them may have read it just before.
    /// </summary>
    protected Task<T> PassUntil<T>(IJobClient client, TimeSpan by, Task<T> task)
    {
        Clock.Advance(by);
        return LookAsync().Soon();

        async Task<T> LookAsync()
        {
            while (!task.IsCompleted) await client.TakeAsync(request: new() { Tasks = ["nothing"] });
            return await task;
        }
    }

    protected async Task AdvanceUntil(TimeSpan by, Task task) => await Clock.AdvanceUntilAsync(by, task).Soon();

    protected async Task<T> AdvanceUntil<T>(TimeSpan by, Task<T> task)
    {
        await Clock.AdvanceUntilAsync(by, task).Soon();
        return await task;
    }
}

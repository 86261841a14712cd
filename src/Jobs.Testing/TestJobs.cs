using Jobs.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Testing;

/// <summary>
/// A job queue for tests: the real engine on a store in memory and on a <see cref="ManualTimeProvider"/>, with no worker. Jobs that are
/// enqueued stay queued and can be looked at and asserted on; they run when the test says so, in the order and by the rules of the engine.
/// </summary>
/// <remarks>
/// <para>
/// It stands for the whole service: what <c>AddJobs</c> would configure can be given to it as it is. It keeps jobs in memory, whatever
/// store was chosen; its clock replaces any other; jobs of tasks without a handler are accepted and stay queued, unless
/// <see cref="JobsBuilder.OnUnknownTask"/> says otherwise. Random draws come from a fixed seed, unless <see cref="JobsBuilder.Seed"/> is set.
/// </para>
/// <para>
/// Handlers get services from the container that the constructor builds; it offers this queue as <see cref="IJobClient"/> and the clock as
/// <see cref="TimeProvider"/>. Whoever waits for a job (<c>RunAsync(task, …)</c>, <c>handle.ResultAsync()</c>) waits until the test runs
/// it, so start waiting, run the job, and await afterwards. Time-outs are of the manual clock.
/// </para>
/// </remarks>
public partial class TestJobs : IJobClient, ITaskCheck, IAsyncDisposable
{
    private readonly Action<string> _fail;
    private readonly ServiceProvider _services;
    private readonly RecordingJobStore _store = new(new InMemoryJobStore());
    private readonly EmbeddedEngine _engine;

    /// <summary>Makes a queue, ready for use.</summary>
    /// <param name="fail">What a failed assertion calls: <c>message => Assert.Fail(message)</c>, or what the test framework has for it.</param>
    /// <param name="configure">Handlers, queues, middleware and policies; default none, which is enough for tests of code that enqueues.</param>
    /// <param name="services">The services that handlers get.</param>
    /// <param name="clock">The clock; default a new one.</param>
    /// <exception cref="ArgumentNullException">No failure callback was given: assertions would fail unheard.</exception>
    public TestJobs(
        Action<string> fail, Action<JobsBuilder>? configure = null, Action<IServiceCollection>? services = null, ManualTimeProvider? clock = null)
        : this(fail, configure, services, clock, null)
    {
    }

    private protected TestJobs(
        Action<string> fail, Action<JobsBuilder>? configure, Action<IServiceCollection>? services, ManualTimeProvider? clock,
        Func<TestJobs, IEnqueueMiddleware>? outermost)
    {
        _fail = fail ?? throw new ArgumentNullException(
            nameof(fail), "A test queue without a failure callback would fail unheard. Give it one: new TestJobs(fail: message => Assert.Fail(message)).");
        Clock = clock ?? new ManualTimeProvider();
        _services = BuildServices(services);
        _engine = BuildEngine(configure, outermost);

        // The store is in memory and nobody else has the engine yet, so this is done when it returns.
        _engine.StartAsync().GetAwaiter().GetResult();
        Clock.Moved += _engine.LookAtClock;
    }

    /// <summary>The time of this queue.</summary>
    public ManualTimeProvider Clock { get; }

    /// <summary>The handlers; they can be changed at any time.</summary>
    public ITaskRegistry Registry => _engine.Registry;

    /// <summary>The services that handlers get; each run has a scope of its own.</summary>
    public IServiceProvider Services => _services;

    /// <inheritdoc/>
    public IPayloadCodec Codec => _engine.Client.Codec;

    /// <summary>
    /// The schedules, kept and changed as in production; they fire only when the test says so, with <see cref="IScheduleClient.TriggerAsync"/>.
    /// </summary>
    public IScheduleClient Schedules => _engine.Client.Schedules;

    /// <inheritdoc/>
    public IPauseClient Pauses => _engine.Client.Pauses;

    /// <inheritdoc/>
    public ILimitClient Limits => _engine.Client.Limits;

    /// <inheritdoc/>
    public IWorkerClient Workers => _engine.Client.Workers;

    /// <inheritdoc/>
    public ILeaseClient Leases => _engine.Client.Leases;

    /// <inheritdoc/>
    public ITopicClient Topics => _engine.Client.Topics;

    /// <inheritdoc/>
    public void RequireAccepted(TaskDefinition task)
    {
        ArgumentNullException.ThrowIfNull(task);
        _engine.RequireAccepted(task);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JobHandle>> EnqueueAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation = default) =>
        _engine.Client.EnqueueAsync(jobs, cancellation);

    /// <inheritdoc/>
    public ValueTask<JobSnapshot?> FindAsync(JobId id, CancellationToken cancellation = default) => _engine.Client.FindAsync(id, cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JobSnapshot>> ListAsync(JobQuery query, CancellationToken cancellation = default) =>
        _engine.Client.ListAsync(query, cancellation);

    /// <inheritdoc/>
    public ValueTask<JobCounts> CountAsync(QueueName? queue = null, CancellationToken cancellation = default) =>
        _engine.Client.CountAsync(queue, cancellation);

    /// <inheritdoc/>
    /// <remarks>Nothing runs the job meanwhile but the test. The time-out is of the manual clock.</remarks>
    public ValueTask<JobSnapshot> WaitAsync(JobId id, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        _engine.Client.WaitAsync(id, timeout, cancellation);

    /// <inheritdoc/>
    public ValueTask<JobSnapshot> ApplyAsync(JobId id, JobAction action, CancellationToken cancellation = default) =>
        _engine.Client.ApplyAsync(id, action, cancellation);

    /// <inheritdoc/>
    public ValueTask<int> ApplyAsync(JobFilter filter, JobAction action, CancellationToken cancellation = default) =>
        _engine.Client.ApplyAsync(filter, action, cancellation);

    /// <summary>Ends the queue. Nothing is run; whoever still waits for a job gets <see cref="ServiceStoppedException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        Clock.Moved -= _engine.LookAtClock;
        await _engine.DisposeAsync().ConfigureAwait(false);
        await _services.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    private ServiceProvider BuildServices(Action<IServiceCollection>? configure)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IJobClient>(this);
        services.AddSingleton<ITaskRegistry>(_ => Registry);
        configure?.Invoke(services);
        return services.BuildServiceProvider();
    }

    private EmbeddedEngine BuildEngine(Action<JobsBuilder>? configure, Func<TestJobs, IEnqueueMiddleware>? outermost)
    {
        var builder = new JobsBuilder { OnUnknownTask = UnknownTaskPolicy.Hold, Seed = 1, WorkerName = "test" };
        if (outermost is not null) builder.UseEnqueueMiddleware(_ => outermost(this));
        configure?.Invoke(builder);
        builder.UseStore(_ => _store);
        builder.Clock = Clock;
        builder.RunsOnDemand = true;

        // Every job is in the window, so that a test can ask for any of them.
        builder.Window = new PartitionLimits
        {
            WindowReadyJobs = int.MaxValue / 4,
            WindowDueJobs = int.MaxValue / 4,
            WindowGroupJobs = int.MaxValue / 4,
            WindowPayloadBytes = long.MaxValue,
        };

        // The end of a test waits for no handler: the time it would wait for stands still.
        builder.DrainTime = TimeSpan.Zero;
        builder.StopTime = TimeSpan.Zero;
        return builder.Build(_services);
    }
}

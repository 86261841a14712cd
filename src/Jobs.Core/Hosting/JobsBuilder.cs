using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Core;

/// <summary>Describes a job service: its store, queues, handlers and policies.</summary>
public sealed class JobsBuilder : ITaskRegistry
{
    private readonly DeferredCodec _codec = new();
    private readonly List<TaskRegistration> _registrations = [];
    private readonly Dictionary<QueueName, QueueOptions> _queues = [];
    private readonly List<Func<IServiceProvider, IRunMiddleware>> _runMiddleware = [];
    private readonly List<Func<IServiceProvider, IEnqueueMiddleware>> _enqueueMiddleware = [];
    private readonly List<Func<IServiceProvider, IJobObserver>> _observers = [];
    private readonly List<Func<IServiceProvider, IJobModule>> _modules = [];
    private readonly Dictionary<string, Func<JobSnapshot, Task>> _onExhausted = new(StringComparer.Ordinal);
    private Func<IServiceProvider, IJobStore> _store = static _ => new InMemoryJobStore();

    /// <summary>Bounds on what one job or one call may bring; default <see cref="JobLimits.Default"/>.</summary>
    public JobLimits Limits { get; set; } = JobLimits.Default;

    /// <summary>How much of each partition is kept in memory; default <see cref="PartitionLimits.Default"/>.</summary>
    public PartitionLimits Window { get; set; } = PartitionLimits.Default;

    /// <summary>Bounds of the commit pipeline; default 100,000 queued changes.</summary>
    public CommitLimits Commits { get; set; } = new();

    /// <summary>What happens to a job whose task has no handler; default <see cref="UnknownTaskPolicy.Reject"/>.</summary>
    public UnknownTaskPolicy OnUnknownTask { get; set; } = UnknownTaskPolicy.Reject;

    /// <summary>What a second handler for the same task means; default <see cref="DuplicateRegistration.Throw"/>.</summary>
    public DuplicateRegistration OnDuplicate { get; set; } = DuplicateRegistration.Throw;

    /// <summary>Whether this process runs jobs; default true. False makes it one that only enqueues and looks.</summary>
    public bool RunsJobs { get; set; } = true;

    /// <summary>The name of this process's worker in records and logs; default machine name, process id and a random part.</summary>
    public string? WorkerName { get; set; }

    /// <summary>How long running jobs may go on when the service stops; default 25 seconds, within the host's own 30.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long handlers have to react after they were told to stop; default 3 seconds.</summary>
    public TimeSpan StopTime { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>The clock; default the system's, or the one among the application's services.</summary>
    public TimeProvider? Clock { get; set; }

    /// <summary>The seed of every random draw (ids, jitter); default a different one each time. Tests set it.</summary>
    public int? Seed { get; set; }

    /// <summary>The names of the tasks that were given a handler so far.</summary>
    public IReadOnlyCollection<string> Names => [.. _registrations.Select(r => r.Task.Name)];

    /// <summary>The codec of tasks that name none, as it will be when the service starts.</summary>
    public IPayloadCodec Codec => _codec;

    /// <summary>Whether jobs run only when somebody asks for each of them, for the test kit.</summary>
    internal bool RunsOnDemand { get; set; }

    private bool BindsTasks { get; set; }

    /// <summary>Keeps jobs in this process and no longer. The default.</summary>
    public JobsBuilder UseInMemory(InMemoryStoreOptions? options = null) => UseStore(_ => new InMemoryJobStore(options));

    /// <summary>Keeps jobs in a store.</summary>
    public JobsBuilder UseStore(Func<IServiceProvider, IJobStore> store)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        return this;
    }

    /// <summary>Sets the codec of tasks that name none; default <see cref="JsonPayloadCodec"/>.</summary>
    public JobsBuilder UseCodec(IPayloadCodec codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        _codec.Inner = codec;
        return this;
    }

    /// <summary>Describes a queue.</summary>
    /// <exception cref="InvalidNameException">The name cannot be used.</exception>
    /// <exception cref="InvalidJobOptionException">An option makes no sense.</exception>
    public JobsBuilder Queue(QueueName name, Action<QueueOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = _queues.GetValueOrDefault(name) ?? new QueueOptions();
        configure(options);
        _queues[name] = options.Checked();
        return this;
    }

    /// <summary>Handles a task with a class; see <see cref="HandlerExtensions.Handle{THandler}(ITaskRegistry, TaskDefinition)"/>.</summary>
    public JobsBuilder Handle<THandler>(TaskDefinition task)
        where THandler : class
    {
        ((ITaskRegistry)this).Handle<THandler>(task);
        return this;
    }

    /// <summary>Adds a middleware around every run; the first one added is the outermost.</summary>
    public JobsBuilder UseRunMiddleware(Func<IServiceProvider, IRunMiddleware> middleware) => Add(_runMiddleware, middleware);

    /// <summary>Adds a middleware around every run that is made from the application's services.</summary>
    public JobsBuilder UseRunMiddleware<TMiddleware>()
        where TMiddleware : class, IRunMiddleware => Add(_runMiddleware, Made<TMiddleware>);

    /// <summary>Adds a middleware around every enqueue; the first one added is the outermost.</summary>
    public JobsBuilder UseEnqueueMiddleware(Func<IServiceProvider, IEnqueueMiddleware> middleware) => Add(_enqueueMiddleware, middleware);

    /// <summary>Adds a middleware around every enqueue that is made from the application's services.</summary>
    public JobsBuilder UseEnqueueMiddleware<TMiddleware>()
        where TMiddleware : class, IEnqueueMiddleware => Add(_enqueueMiddleware, Made<TMiddleware>);

    /// <summary>Adds an observer.</summary>
    public JobsBuilder AddObserver(Func<IServiceProvider, IJobObserver> observer) => Add(_observers, observer);

    /// <summary>Adds an observer.</summary>
    public JobsBuilder AddObserver(IJobObserver observer) => AddObserver(_ => observer);

    /// <summary>Adds an observer that is made from the application's services.</summary>
    public JobsBuilder AddObserver<TObserver>()
        where TObserver : class, IJobObserver => Add(_observers, Made<TObserver>);

    /// <summary>Adds a module, which registers its handlers before the workers start.</summary>
    public JobsBuilder AddModule(IJobModule module) => Add(_modules, _ => module);

    /// <summary>Adds a module that is made from the application's services.</summary>
    public JobsBuilder AddModule<TModule>()
        where TModule : class, IJobModule => Add(_modules, Made<TModule>);

    /// <summary>Calls a function once for each job of the task whose attempts are used up or that is dead-lettered, with its last error.</summary>
    public JobsBuilder OnExhausted(TaskDefinition task, Func<JobSnapshot, Task> callback)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(callback);
        _onExhausted[task.Name] = callback;
        return this;
    }

    /// <summary>Binds every task to this service's client when it starts, so that code holding only the task can enqueue.</summary>
    public JobsBuilder BindTasks()
    {
        BindsTasks = true;
        return this;
    }

    /// <inheritdoc/>
    public void Add(TaskRegistration registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        _registrations.Add(registration);
    }

    /// <inheritdoc/>
    public bool Remove(string task) => _registrations.RemoveAll(r => r.Task.Name == task) > 0;

    internal EmbeddedEngine Build(IServiceProvider services)
    {
        // Draws that must differ between processes need a seed from outside, unless a test wants them to repeat.
        var random = new Random(Seed ?? System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue));
        var registry = new TaskRegistry(OnDuplicate, _codec.Inner);
        foreach (var registration in _registrations) registry.Add(registration);
        RequireTime(nameof(DrainTime), DrainTime);
        RequireTime(nameof(StopTime), StopTime);
        return new EmbeddedEngine(new EngineSettings
        {
            Store = _store(services),
            Registry = registry,
            Codec = _codec.Inner,
            Limits = Limits,
            Window = Window,
            CommitLimits = Commits,
            Queues = new Dictionary<QueueName, QueueOptions>(_queues),
            RunMiddleware = [.. _runMiddleware.Select(make => make(services))],
            EnqueueMiddleware = [.. _enqueueMiddleware.Select(make => make(services))],
            Observers = [.. _observers.Select(make => make(services))],
            Modules = [.. _modules.Select(make => make(services))],
            OnExhausted = new Dictionary<string, Func<JobSnapshot, Task>>(_onExhausted, StringComparer.Ordinal),
            OnUnknownTask = OnUnknownTask,
            BindTasks = BindsTasks,
            RunsJobs = RunsJobs,
            RunsOnDemand = RunsOnDemand,
            WorkerName = WorkerName ?? $"{Environment.MachineName}:{Environment.ProcessId}:{random.Next(0x10000):x4}",
            DrainTime = DrainTime,
            StopTime = StopTime,
            Clock = Clock ?? services.GetService<TimeProvider>() ?? TimeProvider.System,
            Random = random,
            Services = services,
            Log = services.GetService<ILoggerFactory>()?.CreateLogger("Jobs") ?? NullLogger.Instance,
        });
    }

    private static void RequireTime(string option, TimeSpan time)
    {
        if (time < TimeSpan.Zero) throw new InvalidJobOptionException(option, time, "use zero or a positive time");
    }

    private static T Made<T>(IServiceProvider services) => ActivatorUtilities.GetServiceOrCreateInstance<T>(services);

    private JobsBuilder Add<T>(List<Func<IServiceProvider, T>> list, Func<IServiceProvider, T> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        list.Add(make);
        return this;
    }

    /// <summary>Handlers are bound while the service is described; the codec may be chosen after that.</summary>
    private sealed class DeferredCodec : IPayloadCodec
    {
        internal IPayloadCodec Inner { get; set; } = JsonPayloadCodec.Default;

        public string ContentType => Inner.ContentType;

        public ReadOnlyMemory<byte> Encode<T>(T value) => Inner.Encode(value);

        public T? Decode<T>(ReadOnlyMemory<byte> bytes) => Inner.Decode<T>(bytes);
    }
}

using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Core;

/// <summary>Describes a job service: its store, queues, handlers and policies.</summary>
public sealed partial class JobsBuilder : ITaskRegistry
{
    private readonly DeferredCodec _codec = new();
    private readonly List<TaskRegistration> _registrations = [];
    private readonly Dictionary<QueueName, QueueOptions> _queues = [];
    private readonly Dictionary<string, TaskDefinition> _accepted = new(StringComparer.Ordinal);
    private readonly List<Func<DateTimeOffset, StoredSetting>> _subscriptions = [];
    private readonly List<Action<ITopicClient>> _listeners = [];
    private readonly List<RunLimit> _runLimits = [];
    private readonly List<ScheduleDeclaration> _schedules = [];
    private readonly List<Func<IServiceProvider, IRunMiddleware>> _runMiddleware = [];
    private readonly List<Func<IServiceProvider, IEnqueueMiddleware>> _enqueueMiddleware = [];
    private readonly List<Func<IServiceProvider, IJobObserver>> _observers = [];
    private readonly List<Func<IServiceProvider, IJobModule>> _modules = [];
    private readonly Dictionary<string, Func<JobSnapshot, Task>> _onExhausted = new(StringComparer.Ordinal);
    private Func<IPayloadCodec, IPayloadCodec> _encryption = static codec => codec;
    private Func<IServiceProvider, IJobStore> _store = static _ => new InMemoryJobStore();

    /// <summary>Bounds on what one job or one call may bring; default <see cref="JobLimits.Default"/>.</summary>
    public JobLimits Limits { get; set; } = JobLimits.Default;

    /// <summary>How much of each partition is kept in memory; default <see cref="PartitionLimits.Default"/>.</summary>
    public PartitionLimits Window { get; set; } = PartitionLimits.Default;

    /// <summary>Bounds of the commit pipeline; default 100,000 queued changes, and 5 milliseconds for ends that nothing waits for.</summary>
    public CommitLimits Commits { get; set; } = new();

    /// <summary>How this process looks after schedules; default: looks for new ones every 15 seconds, and fires them.</summary>
    public ScheduleOptions Schedules { get; set; } = new();

    /// <summary>What happens to a job whose task has no handler; default <see cref="UnknownTaskPolicy.Reject"/>.</summary>
    public UnknownTaskPolicy OnUnknownTask { get; set; } = UnknownTaskPolicy.Reject;

    /// <summary>What a second handler for the same task means; default <see cref="DuplicateRegistration.Throw"/>.</summary>
    public DuplicateRegistration OnDuplicate { get; set; } = DuplicateRegistration.Throw;

    /// <summary>Whether this process runs jobs; default true. False makes it one that only enqueues and looks.</summary>
    public bool RunsJobs { get; set; } = true;

    /// <summary>
    /// In a cluster, whether this silo also runs jobs of partitions that other silos own, on slots that its own partitions leave free; default true.
    /// If no silo does, jobs run where their partition is, and a queue with one partition has the concurrency of one silo.
    /// </summary>
    public bool RunsForOthers { get; set; } = true;

    /// <summary>The name of this process's worker in records and logs; default machine name, process id and a random part.</summary>
    public string? WorkerName { get; set; }

    /// <summary>
    /// The version of this process's code, kept with every job that it enqueues or runs; default the informational version of the entry
    /// assembly, at most <see cref="JobLimits.MaxKeyChars"/> characters of it.
    /// </summary>
    public string? CodeVersion { get; set; }

    /// <summary>
    /// What a start does when the store cannot be reached: true waits and tries again, after 100 ms, doubled up to 5 s, until the store is
    /// there or the start is cancelled; false, the default, fails with <see cref="StoreUnavailableException"/>.
    /// </summary>
    public bool WaitForStore { get; set; }

    /// <summary>
    /// How long this process counts as living without a word from it; default 5 seconds, from 200 milliseconds to one hour. Another process
    /// on the same PostgreSQL schema takes over that long after this one was killed, and a process that is frozen for longer loses its
    /// partitions. (A SQLite file knows at once; a store in memory has one process.)
    /// </summary>
    public TimeSpan OwnerLease { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A silence of this process after which it finds out whether its partitions are still its own; default half the lease.</summary>
    internal TimeSpan? DoubtAfter { get; set; }

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

    internal JobStatistics? Statistics { get; private set; }

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

    /// <summary>Puts something around the store that was chosen before, such as one that fails on purpose in tests.</summary>
    /// <param name="decorate">Gets the store and returns what the service uses instead, which disposes it.</param>
    public JobsBuilder DecorateStore(Func<IJobStore, IJobStore> decorate)
    {
        ArgumentNullException.ThrowIfNull(decorate);
        var inner = _store;
        _store = services => decorate(inner(services));
        return this;
    }

    /// <summary>Sets the codec of tasks that name none; default <see cref="JsonPayloadCodec"/>.</summary>
    public JobsBuilder UseCodec(IPayloadCodec codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        _codec.Inner = codec;
        return this;
    }

    /// <summary>
    /// Writes payloads and results of tasks that name no codec with source-generated JSON contexts, without reflection; see
    /// <see cref="JsonPayloadCodec.With"/>.
    /// </summary>
    /// <param name="resolvers">The contexts, as in <c>MyContext.Default</c>.</param>
    public JobsBuilder UseJson(params IReadOnlyList<IJsonTypeInfoResolver> resolvers) => UseCodec(JsonPayloadCodec.With(resolvers));

    /// <summary>
    /// Encrypts payloads and results of all tasks before they are stored; default no encryption. A task whose own codec encrypts keeps
    /// its own keys. See <see cref="EncryptingPayloadCodec"/> for what is not encrypted.
    /// </summary>
    /// <param name="keys">The keys.</param>
    /// <param name="acceptUnencrypted">Whether jobs that are stored unencrypted are run and read, while encryption is being switched on.</param>
    public JobsBuilder UseEncryption(IPayloadKeyProvider keys, bool acceptUnencrypted = false)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _encryption = codec => new EncryptingPayloadCodec(keys, codec) { AcceptUnencrypted = acceptUnencrypted };
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

    /// <summary>
    /// Declares a limit on what runs, which is stored when the service starts, by however many nodes at once. If it is stored already and was
    /// declared just so, it stays as it is, with whatever an operator has changed since; if the declaration is another one, it is changed to
    /// that. Whoever declares it no more has to remove it.
    /// </summary>
    /// <exception cref="InvalidJobOptionException">The name is declared twice, a value makes no sense, or nothing is limited.</exception>
    public JobsBuilder Limit(RunLimit limit)
    {
        ArgumentNullException.ThrowIfNull(limit);
        if (_runLimits.Exists(l => l.Name == limit.Name))
            throw new InvalidJobOptionException(nameof(Limit), limit.Name, "it is declared already; use another name");
        _runLimits.Add(limit.Checked());
        return this;
    }

    /// <summary>
    /// Declares a schedule, which is stored when the service starts, by however many nodes at once. If it is stored already and was declared
    /// just so, it stays as it is, with whatever an operator has changed since; if the declaration is another one, it is changed to that.
    /// </summary>
    /// <param name="id">Its name.</param>
    /// <param name="task">The task; its options are copied when the service starts.</param>
    /// <param name="payload">The payload of each job; not null.</param>
    /// <param name="configure">When it fires, and the policies. Called more than once.</param>
    /// <exception cref="InvalidJobOptionException">The id is declared twice, an option makes no sense, or nothing says when it fires.</exception>
    /// <exception cref="CronFormatException">The expression cannot be read, or would never fire.</exception>
    public JobsBuilder Schedule<TPayload>(ScheduleId id, TaskDefinition<TPayload> task, TPayload payload, Action<ScheduleBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(configure);
        if (_schedules.Exists(s => s.Id == id)) throw new InvalidJobOptionException(nameof(Schedule), id, "it is declared already; use another id");

        // Built once now for its errors, which so name the line that is wrong. The payload has to wait: the codec may be chosen later.
        var trial = new ScheduleBuilder(id, task, ReadOnlyMemory<byte>.Empty, "");
        configure(trial);
        _ = trial.Build();
        _schedules.Add(new ScheduleDeclaration(id, codec => ScheduleDefinition.Create(id, task, payload, configure, codec)));
        return this;
    }

    /// <summary>Handles a task with a class; see <see cref="HandlerExtensions.Handle{THandler}(ITaskRegistry, TaskDefinition)"/>.</summary>
    public JobsBuilder Handle<THandler>(TaskDefinition task)
        where THandler : class
    {
        ((ITaskRegistry)this).Handle<THandler>(task);
        return this;
    }

    /// <summary>
    /// Accepts jobs of tasks that have no handler here, whatever <see cref="OnUnknownTask"/> says of others: they wait until somebody leases
    /// them, or until a process has a handler.
    /// </summary>
    public JobsBuilder Accept(params IReadOnlyList<TaskDefinition> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        foreach (var task in tasks)
        {
            foreach (var name in task.Options.Aliases.Prepend(task.Name)) _accepted[name] = task;
        }

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

    /// <summary>Counts what happens, by queue and task; with <c>AddJobs</c>, <see cref="JobStatistics"/> is a service then. Default not.</summary>
    /// <param name="statistics">Where to count; default a new one, on <see cref="Clock"/> as it is now.</param>
    public JobsBuilder AddStatistics(JobStatistics? statistics = null)
    {
        if (Statistics is not null) return this;
        Statistics = statistics ?? new JobStatistics(Clock);
        return AddObserver(Statistics);
    }

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
        foreach (var name in task.Options.Aliases.Prepend(task.Name)) _onExhausted[name] = callback;
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

    internal EmbeddedEngine Build(IServiceProvider services) => new(BuildSettings(services));

    internal EngineSettings BuildSettings(IServiceProvider services)
    {
        // Draws that must differ between processes need a seed from outside, unless a test wants them to repeat.
        var random = new Random(Seed ?? System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue));
        var codec = _encryption(_codec.Inner);
        var registry = new TaskRegistry(OnDuplicate, codec);
        foreach (var registration in _registrations) registry.Add(registration);
        RequireTime(nameof(DrainTime), DrainTime);
        RequireTime(nameof(StopTime), StopTime);
        RequireTime(nameof(CommitLimits.GatherTime), Commits.GatherTime);
        if (OwnerLease < TimeSpan.FromMilliseconds(200) || OwnerLease > TimeSpan.FromHours(1))
            throw new InvalidJobOptionException(nameof(OwnerLease), OwnerLease, "use 200 milliseconds to one hour");
        var store = _store(services);
        if (store.HandlerTransactions is null && _registrations.Find(r => r.IsTransactional) is { } transactional)
            throw new TransactionsNotKeptException(transactional.Task.Name);
        return new EngineSettings
        {
            Store = store,
            Registry = registry,
            Codec = codec,
            Limits = Limits,
            Window = Window,
            CommitLimits = Commits,
            Queues = new Dictionary<QueueName, QueueOptions>(_queues),
            Subscriptions = [.. _subscriptions],
            Listeners = [.. _listeners],
            Accepted = new Dictionary<string, TaskDefinition>(_accepted, StringComparer.Ordinal),
            RunLimits = [.. _runLimits],
            Schedules = [.. _schedules],
            ScheduleOptions = Checked(Schedules),
            RunMiddleware = [.. _runMiddleware.Select(make => make(services))],
            EnqueueMiddleware = [.. _enqueueMiddleware.Select(make => make(services))],
            Observers = [.. _observers.Select(make => make(services))],
            Modules = [.. _modules.Select(make => make(services))],
            OnExhausted = new Dictionary<string, Func<JobSnapshot, Task>>(_onExhausted, StringComparer.Ordinal),
            OnUnknownTask = OnUnknownTask,
            BindTasks = BindsTasks,
            RunsJobs = RunsJobs,
            RunsForOthers = RunsForOthers,
            RunsOnDemand = RunsOnDemand,
            MetricNames = _metricNames,
            WorkerName = WorkerName ?? $"{Environment.MachineName}:{Environment.ProcessId}:{random.Next(0x10000):x4}",
            CodeVersion = CodeVersion is { } version ? Checked(version) : EntryVersion.Within(Limits),
            WaitForStore = WaitForStore,
            OwnerLease = OwnerLease,
            DoubtAfter = DoubtAfter ?? (OwnerLease / 2),
            DrainTime = DrainTime,
            StopTime = StopTime,
            Clock = Clock ?? services.GetService<TimeProvider>() ?? TimeProvider.System,
            Random = random,
            Services = services,
            Log = new IsolatedLogger(services.GetService<ILoggerFactory>()?.CreateLogger("Jobs") ?? NullLogger.Instance),
        };
    }

    private static ScheduleOptions Checked(ScheduleOptions options) => options.RefreshTime < TimeSpan.FromMilliseconds(1)
        ? throw new InvalidJobOptionException(nameof(ScheduleOptions.RefreshTime), options.RefreshTime, "use a positive time")
        : options;

    private string Checked(string version) => version.Length <= Limits.MaxKeyChars
        ? version
        : throw new LimitExceededException(nameof(JobLimits.MaxKeyChars), version.Length, Limits.MaxKeyChars);

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

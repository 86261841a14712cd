namespace Jobs.Core;

/// <summary>The whole set of handlers and queues that a process is to serve; handlers are added as at the start.</summary>
public sealed class JobsUpgrade : ITaskRegistry
{
    private readonly Func<QueueName, QueueOptions> _optionsOf;
    private readonly Dictionary<QueueName, QueueOptions> _queues = [];
    private readonly List<TaskRegistration> _registrations = [];

    internal JobsUpgrade(IPayloadCodec codec, Func<QueueName, QueueOptions> optionsOf)
    {
        Codec = codec;
        Handlers = new TaskRegistry(DuplicateRegistration.Throw, codec);
        _optionsOf = optionsOf;
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => [.. _registrations.Select(r => r.Task.Name)];

    /// <inheritdoc/>
    public IPayloadCodec Codec { get; }

    internal IReadOnlyDictionary<QueueName, QueueOptions> Queues => _queues;

    /// <summary>The handlers of the whole set.</summary>
    internal TaskRegistry Handlers { get; }

    private List<TaskRegistration> Registrations => _registrations;

    /// <summary>Has a set described, and refuses one that makes no sense.</summary>
    /// <param name="describe">Describes it.</param>
    /// <param name="codec">The service's codec.</param>
    /// <param name="queues">The options of the queues that are known.</param>
    /// <param name="requireChangeable">Refuses options that a queue cannot have now.</param>
    internal static JobsUpgrade Of(
        Action<JobsUpgrade> describe, IPayloadCodec codec, IReadOnlyDictionary<QueueName, QueueOptions> queues,
        Action<QueueName, QueueOptions> requireChangeable)
    {
        var upgrade = new JobsUpgrade(codec, name => queues.GetValueOrDefault(name) ?? new QueueOptions());
        describe(upgrade);
        foreach (var registration in upgrade.Registrations) upgrade.Handlers.Add(registration);
        foreach (var (name, options) in upgrade.Queues) requireChangeable(name, options);
        return upgrade;
    }

    /// <summary>The options of all queues once it holds: of those that were known before, the ones that it does not name are at rest.</summary>
    internal IReadOnlyDictionary<QueueName, QueueOptions> QueuesAfter(IReadOnlyDictionary<QueueName, QueueOptions> before)
    {
        var all = new Dictionary<QueueName, QueueOptions>(_queues);
        foreach (var (name, options) in before.Where(q => !all.ContainsKey(q.Key))) all[name] = options.AtRest();
        return all;
    }

    /// <summary>Names a queue that this process serves.</summary>
    /// <param name="name">The queue.</param>
    /// <param name="configure">Gets its options as they are now; if they say 0 jobs at a time, the default number. Default no change.</param>
    /// <exception cref="InvalidJobOptionException">An option makes no sense.</exception>
    public JobsUpgrade Queue(QueueName name, Action<QueueOptions>? configure = null)
    {
        var options = _queues.GetValueOrDefault(name) ?? _optionsOf(name).Copy();
        if (options.Concurrency == 0) options.Concurrency = new QueueOptions().Concurrency;
        configure?.Invoke(options);
        _queues[name] = options.Checked();
        return this;
    }

    /// <summary>Handles a task with a class; see <see cref="HandlerExtensions.Handle{THandler}(ITaskRegistry, TaskDefinition)"/>.</summary>
    public JobsUpgrade Handle<THandler>(TaskDefinition task)
        where THandler : class
    {
        ((ITaskRegistry)this).Handle<THandler>(task);
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
}

namespace Jobs;

/// <summary>A kind of work: a stable name, the type of its payload, and what holds for all its jobs.</summary>
/// <remarks>
/// The name is what is stored, and no CLR type name unless you choose that (<see cref="For{TPayload}"/>). Definitions are immutable and shared.
/// </remarks>
public abstract class TaskDefinition
{
    private IJobClient? _client;

    private protected TaskDefinition(string name, TaskOptions options)
    {
        Name = NameRules.Require(name, "task", NameRules.MaxTaskNameChars);
        foreach (var alias in options.Aliases) NameRules.Require(alias, "task", NameRules.MaxTaskNameChars);
        options.Aliases.Remove(Name);
        Options = options;
    }

    /// <summary>The name that jobs are stored under.</summary>
    public string Name { get; }

    /// <summary>The type of the payload.</summary>
    public abstract Type PayloadType { get; }

    /// <summary>The type of the result; null if the task has none.</summary>
    public virtual Type? ResultType => null;

    /// <summary>A copy of what was said for all jobs of this task; changing it changes nothing.</summary>
    public TaskOptions DefaultOptions => Options.Copy();

    internal TaskOptions Options { get; }

    /// <summary>Whether jobs stored under a name are this task's: its own name or one of its <see cref="TaskOptions.Aliases"/>.</summary>
    public bool IsKnownAs(string name) => name == Name || Options.Aliases.Contains(name);

    /// <summary>Declares a task.</summary>
    /// <typeparam name="TPayload">What a job of this task carries.</typeparam>
    /// <param name="name">
    /// 1 to 200 ASCII letters, digits, <c>-</c>, <c>_</c>, <c>.</c> or <c>:</c>. Keep it, or name the old one in <see cref="TaskOptions.Aliases"/>.
    /// </param>
    /// <param name="configure">Options of all its jobs.</param>
    /// <exception cref="InvalidNameException">The name or an alias is null, empty, too long, or holds another character.</exception>
    public static TaskDefinition<TPayload> Create<TPayload>(string name, Action<TaskOptions>? configure = null) =>
        new(name, Configured(configure));

    /// <summary>
    /// Declares the task of a payload type, under the name that the type's <see cref="TaskNameAttribute"/> says, else its full name with
    /// namespace. For code that knows a job by its type; a type that is renamed needs the attribute, or its old name as an alias.
    /// </summary>
    /// <typeparam name="TPayload">What a job of this task carries; no generic type and no array.</typeparam>
    /// <param name="configure">Options of all its jobs.</param>
    /// <exception cref="InvalidNameException">The type has no name that can be stored.</exception>
    public static TaskDefinition<TPayload> For<TPayload>(Action<TaskOptions>? configure = null) =>
        Create<TPayload>(TaskNameAttribute.Of(typeof(TPayload)), configure);

    /// <summary>Declares a task whose payload is bytes that are stored and handed over as they are.</summary>
    public static TaskDefinition<ReadOnlyMemory<byte>> Raw(string name, Action<TaskOptions>? configure = null)
    {
        var options = Configured(configure);
        options.Codec ??= RawPayloadCodec.Instance;
        return new TaskDefinition<ReadOnlyMemory<byte>>(name, options);
    }

    /// <summary>Lets code that holds only the task enqueue; the latest client wins, null unbinds.</summary>
    public void Bind(IJobClient? client) => Volatile.Write(ref _client, client);

    /// <summary>Unbinds the task if it is bound to this client.</summary>
    public void Unbind(IJobClient client) => Interlocked.CompareExchange(ref _client, null, client);

    /// <summary>The task's name.</summary>
    public override string ToString() => Name;

    internal IJobClient RequireClient() => Volatile.Read(ref _client) ?? throw new TaskNotBoundException(Name);

    internal static TaskOptions Configured(Action<TaskOptions>? configure)
    {
        var options = new TaskOptions();
        configure?.Invoke(options);
        return options;
    }
}

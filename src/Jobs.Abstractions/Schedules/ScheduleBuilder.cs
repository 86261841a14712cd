namespace Jobs;

/// <summary>Says when a schedule fires and by which policies. Values are checked as they are said, and together at the end.</summary>
public sealed class ScheduleBuilder
{
    private ScheduleDefinition _definition;
    private ScheduleTiming? _timing;

    internal ScheduleBuilder(ScheduleDefinition definition)
    {
        _definition = definition with { SharedOptions = definition.SharedOptions.Copy() };
        _timing = definition.Timing;
    }

    internal ScheduleBuilder(ScheduleId id, TaskDefinition task, ReadOnlyMemory<byte> payload, string contentType) =>
        _definition = new ScheduleDefinition
        {
            Id = string.IsNullOrEmpty(id.Value) ? new ScheduleId("") : id,
            Task = task.Name,
            Timing = null!,
            Payload = payload,
            ContentType = contentType,
            SharedOptions = EnqueueOptions.Of(task.Options),
        };

    /// <summary>Fires as a cron expression says, in a time zone; default UTC.</summary>
    /// <exception cref="CronFormatException">The text cannot be read, or would never fire.</exception>
    /// <exception cref="InvalidJobOptionException">The zone is not known.</exception>
    public ScheduleBuilder Cron(string expression, string zone = "UTC") => At(ScheduleTiming.Cron(expression, zone));

    /// <summary>Fires at a fixed interval, the first time one interval after it was stored.</summary>
    /// <param name="interval">Whole milliseconds, from 1 ms.</param>
    /// <param name="anchor">One instant at which it fires, in place of that.</param>
    /// <exception cref="InvalidJobOptionException">The interval is out of range.</exception>
    public ScheduleBuilder Every(TimeSpan interval, DateTimeOffset? anchor = null) => At(ScheduleTiming.Every(interval, anchor));

    /// <summary>Fires as a timing says.</summary>
    public ScheduleBuilder At(ScheduleTiming timing)
    {
        ArgumentNullException.ThrowIfNull(timing);
        _timing = timing;
        return this;
    }

    /// <summary>Does not fire before an instant; null for no start.</summary>
    public ScheduleBuilder From(DateTimeOffset? start) => Set(_definition with { From = WholeMilliseconds(start) });

    /// <summary>Fires no more from an instant on; null for no end.</summary>
    public ScheduleBuilder Until(DateTimeOffset? end) => Set(_definition with { Until = WholeMilliseconds(end) });

    /// <summary>Fires so often at most; null for no limit.</summary>
    public ScheduleBuilder MaxRuns(long? runs) => runs is < 1
        ? throw new InvalidJobOptionException(nameof(ScheduleDefinition.MaxRuns), runs, "use a positive number, or null for no limit")
        : Set(_definition with { MaxRuns = runs });

    /// <summary>Says what happens to missed occurrences, and when an occurrence counts as missed (default after one minute).</summary>
    /// <param name="policy">What happens to them.</param>
    /// <param name="after">How late it may be noticed; from zero to one day.</param>
    public ScheduleBuilder OnMisfire(MisfirePolicy policy, TimeSpan? after = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var late = after ?? _definition.MisfireAfter;
        RequireTime(nameof(ScheduleDefinition.MisfireAfter), late);
        return Set(_definition with { Misfire = policy, MisfireAfter = late });
    }

    /// <summary>Says what an occurrence does while the one before is not finished.</summary>
    public ScheduleBuilder OnOverlap(OverlapPolicy policy) => Enum.IsDefined(policy)
        ? Set(_definition with { Overlap = policy })
        : throw new InvalidJobOptionException(nameof(ScheduleDefinition.Overlap), policy, "use Allow, Skip or QueueOne");

    /// <summary>Spreads the jobs: each is due up to so much after its occurrence, the same for everybody who works it out.</summary>
    /// <param name="most">Whole milliseconds, from zero to one day.</param>
    public ScheduleBuilder Jitter(TimeSpan most)
    {
        RequireTime(nameof(ScheduleDefinition.Jitter), most);
        return Set(_definition with { Jitter = most });
    }

    /// <summary>Says whether an occurrence fires once, or on every node.</summary>
    public ScheduleBuilder InScope(ScheduleScope scope) => Enum.IsDefined(scope)
        ? Set(_definition with { Scope = scope })
        : throw new InvalidJobOptionException(nameof(ScheduleDefinition.Scope), scope, "use Cluster or EveryNode");

    /// <summary>Keeps the schedule paused when it is first stored.</summary>
    public ScheduleBuilder StartPaused(bool paused = true) => Set(_definition with { StartsPaused = paused });

    /// <summary>Says what holds for each job: queue, priority, attempts … What the task says holds where nothing is said here.</summary>
    public ScheduleBuilder Job(Action<EnqueueOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(_definition.SharedOptions);
        return this;
    }

    internal ScheduleDefinition Build()
    {
        var timing = _timing ?? throw new InvalidJobOptionException("Timing", null, "say when it fires: call Cron or Every");
        var (options, from, until) = (_definition.SharedOptions, _definition.From, _definition.Until);
        if (until <= from) throw new InvalidJobOptionException(nameof(until), until, "use an end after the start");
        RequireNone(nameof(options.RunAt), options.RunAt, "the schedule says when");
        RequireNone(nameof(options.Delay), options.Delay, "the schedule says when; use Jitter to spread jobs");
        RequireNone(nameof(options.Id), options.Id, "each occurrence has an id of its own");
        RequireNone(nameof(options.UniqueKey), options.UniqueKey, "each occurrence has a key of its own; OnOverlap keeps them apart");
        if (_definition.Overlap is OverlapPolicy.QueueOne)
            RequireNone(nameof(options.GroupKey), options.GroupKey, "with OverlapPolicy.QueueOne the jobs of the schedule are a group of their own");
        return _definition with { Timing = timing };
    }

    private static void RequireNone(string option, object? value, string remedy)
    {
        if (value is not null) throw new InvalidJobOptionException(option, value, "leave it out, " + remedy);
    }

    private static void RequireTime(string option, TimeSpan time)
    {
        if (time < TimeSpan.Zero || time > TimeSpan.FromDays(1) || time.Ticks % TimeSpan.TicksPerMillisecond != 0)
            throw new InvalidJobOptionException(option, time, "use whole milliseconds, from zero to one day");
    }

    private static DateTimeOffset? WholeMilliseconds(DateTimeOffset? time) =>
        time is { } at ? at.ToUniversalTime().AddTicks(-(at.UtcTicks % TimeSpan.TicksPerMillisecond)) : null;

    private ScheduleBuilder Set(ScheduleDefinition definition)
    {
        _definition = definition;
        return this;
    }
}

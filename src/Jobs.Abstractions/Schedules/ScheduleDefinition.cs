namespace Jobs;

/// <summary>
/// What somebody said of a schedule: which job, when, and the policies. Immutable; made by <see cref="Create{TPayload}"/> or
/// <see cref="With"/>, which check it.
/// </summary>
public sealed record ScheduleDefinition
{
    /// <summary>When an occurrence counts as missed unless a schedule says otherwise: one minute.</summary>
    public static readonly TimeSpan DefaultMisfireAfter = TimeSpan.FromMinutes(1);

    internal ScheduleDefinition()
    {
    }

    /// <summary>Its name, unique in the service.</summary>
    public required ScheduleId Id { get; init; }

    /// <summary>The name of the task whose jobs it enqueues.</summary>
    public required string Task { get; init; }

    /// <summary>The payload of each job, as the task's codec wrote it.</summary>
    public ReadOnlyMemory<byte> Payload { get; internal init; }

    /// <summary>The media type of the payload; default <c>application/json</c>.</summary>
    public string ContentType { get; internal init; } = "application/json";

    /// <summary>When it fires.</summary>
    public required ScheduleTiming Timing { get; init; }

    /// <summary>The first instant at which it may fire; null for none.</summary>
    public DateTimeOffset? From { get; internal init; }

    /// <summary>The first instant at which it fires no more; null for none.</summary>
    public DateTimeOffset? Until { get; internal init; }

    /// <summary>How many occurrences fire at most; null for no limit.</summary>
    public long? MaxRuns { get; internal init; }

    /// <summary>What happens to missed occurrences; default <see cref="MisfirePolicy.FireOnce"/>.</summary>
    public MisfirePolicy Misfire { get; internal init; } = MisfirePolicy.FireOnce;

    /// <summary>How late an occurrence may be noticed before it counts as missed; default <see cref="DefaultMisfireAfter"/>.</summary>
    public TimeSpan MisfireAfter { get; internal init; } = DefaultMisfireAfter;

    /// <summary>What an occurrence does while the one before is not finished; default <see cref="OverlapPolicy.Allow"/>.</summary>
    public OverlapPolicy Overlap { get; internal init; }

    /// <summary>
    /// The job of an occurrence is due up to so much after it; default zero. How much is the same for an occurrence whoever works it out.
    /// </summary>
    public TimeSpan Jitter { get; internal init; }

    /// <summary>How often an occurrence fires in a cluster; default <see cref="ScheduleScope.Cluster"/>.</summary>
    public ScheduleScope Scope { get; internal init; }

    /// <summary>Whether it is paused when it is first stored; default false.</summary>
    public bool StartsPaused { get; internal init; }

    /// <summary>The queue of its jobs.</summary>
    public QueueName Queue => SharedOptions.Queue ?? QueueName.Default;

    /// <summary>A copy of the options of its jobs, those of the task included; changing it changes nothing.</summary>
    public EnqueueOptions Options => SharedOptions.Copy();

    internal EnqueueOptions SharedOptions { get; init; } = new();

    /// <summary>Describes a schedule.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="task">The task; its options are copied now.</param>
    /// <param name="payload">The payload of each job; not null.</param>
    /// <param name="configure">When it fires, and the policies.</param>
    /// <param name="codec">The codec of tasks that name none; default <see cref="JsonPayloadCodec"/>.</param>
    /// <exception cref="PayloadEncodingException">The payload is null or cannot be encoded.</exception>
    /// <exception cref="InvalidJobOptionException">An option makes no sense, or nothing says when it fires.</exception>
    /// <exception cref="CronFormatException">The expression cannot be read, or would never fire.</exception>
    public static ScheduleDefinition Create<TPayload>(
        ScheduleId id, TaskDefinition<TPayload> task, TPayload payload, Action<ScheduleBuilder> configure, IPayloadCodec? codec = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(configure);
        var fallback = codec ?? JsonPayloadCodec.Default;
        var builder = new ScheduleBuilder(id, task, PayloadEncoder.Encode(task, payload, fallback, null), (task.Options.Codec ?? fallback).ContentType);
        configure(builder);
        return builder.Build();
    }

    /// <summary>A changed copy; what is not mentioned stays as it is.</summary>
    /// <exception cref="InvalidJobOptionException">An option makes no sense.</exception>
    /// <exception cref="CronFormatException">The expression cannot be read, or would never fire.</exception>
    public ScheduleDefinition With(Action<ScheduleBuilder> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var builder = new ScheduleBuilder(this);
        change(builder);
        return builder.Build();
    }

    /// <summary>The first occurrence after an instant, jitter left out; null if there is none. Runs and pauses do not count here.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset after)
    {
        if (From is { } from && after < from) after = from.AddTicks(-1);
        return Timing.Next(after) is { } next && !(next >= Until) ? next : null;
    }

    /// <summary>The last occurrence up to an instant; null if there is none.</summary>
    public DateTimeOffset? LastUpTo(DateTimeOffset upTo)
    {
        if (upTo >= Until) upTo = Until.Value.AddTicks(-1);
        return Timing.Last(upTo) is { } last && !(last < From) ? last : null;
    }

    /// <summary>The occurrences after an instant, oldest first, found while they are enumerated; there may be no end to them.</summary>
    public IEnumerable<DateTimeOffset> OccurrencesAfter(DateTimeOffset after)
    {
        for (var next = NextAfter(after); next is { } time; next = NextAfter(time)) yield return time;
    }
}

namespace Jobs;

/// <summary>What a handler says of its job at the end: a closed set, so a wrong outcome cannot be built.</summary>
/// <remarks>A handler that returns nothing means <see cref="Done()"/>, one that returns a value means <see cref="Done{T}"/>.</remarks>
public abstract record JobOutcome
{
    private static readonly Completed CompletedWithoutResult = new(null, typeof(void), null);

    private JobOutcome()
    {
    }

    /// <summary>The job is completed.</summary>
    public static JobOutcome Done() => CompletedWithoutResult;

    /// <summary>The job is completed, and this is its result.</summary>
    public static JobOutcome Done<T>(T result) =>
        new Completed(result, typeof(T), (task, codec) => PayloadEncoder.EncodeValue(task, result, codec, null));

    /// <summary>The attempt failed; try again after the task's backoff, while attempts are left.</summary>
    /// <param name="error">Why, in a sentence for whoever reads the job's record.</param>
    /// <param name="after">A delay in place of the backoff; zero or positive.</param>
    public static JobOutcome Retry(string error, TimeSpan? after = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(error);
        if (after < TimeSpan.Zero) throw new InvalidJobOptionException(nameof(after), after, "use zero or a positive time");
        return new RetryAttempt(error, after);
    }

    /// <summary>The job runs again after a delay, as itself and without using an attempt.</summary>
    public static Rescheduled RescheduleAfter(TimeSpan delay)
    {
        if (delay < TimeSpan.Zero) throw new InvalidJobOptionException(nameof(delay), delay, "use zero or a positive time");
        return new Rescheduled(delay, null, null, null, null);
    }

    /// <summary>The job runs again at a time, as itself and without using an attempt; a past time means now.</summary>
    public static Rescheduled RescheduleAt(DateTimeOffset time) => new Rescheduled(null, time, null, null, null);

    /// <summary>The job runs again at the expression's next occurrence, as itself and without using an attempt.</summary>
    /// <param name="cron">The expression; it was checked when it was parsed.</param>
    /// <param name="zone">The time zone it is meant in; default UTC.</param>
    public static Rescheduled RescheduleBy(CronExpression cron, TimeZoneInfo? zone = null)
    {
        ArgumentNullException.ThrowIfNull(cron);
        return new Rescheduled(null, null, cron, zone ?? TimeZoneInfo.Utc, null);
    }

    /// <summary>The job is given up without an error; it ends as <see cref="JobState.Discarded"/>.</summary>
    public static JobOutcome Discard(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return new Dropped(reason);
    }

    /// <summary>The job is dead now, whatever attempts are left; it is kept and can be retried by hand.</summary>
    public static JobOutcome DeadLetter(string error)
    {
        ArgumentException.ThrowIfNullOrEmpty(error);
        return new Buried(error);
    }

    /// <summary>See <see cref="Done{T}"/>.</summary>
    public sealed record Completed : JobOutcome
    {
        internal Completed(object? result, Type resultType, Func<TaskDefinition, IPayloadCodec, ReadOnlyMemory<byte>>? encode)
        {
            Result = result;
            ResultType = resultType;
            Encode = encode;
        }

        internal Func<TaskDefinition, IPayloadCodec, ReadOnlyMemory<byte>>? Encode { get; }

        /// <summary>The result; null if there is none.</summary>
        public object? Result { get; }

        /// <summary>The declared type of the result; <see cref="Void"/> if there is none.</summary>
        public Type ResultType { get; }
    }

    /// <summary>See <see cref="Retry"/>.</summary>
    public sealed record RetryAttempt : JobOutcome
    {
        internal RetryAttempt(string error, TimeSpan? after)
        {
            Error = error;
            After = after;
        }

        /// <summary>Why the attempt failed.</summary>
        public string Error { get; }

        /// <summary>The delay in place of the backoff.</summary>
        public TimeSpan? After { get; }
    }

    /// <summary>See <see cref="RescheduleAfter"/>, <see cref="RescheduleAt"/> and <see cref="RescheduleBy"/>.</summary>
    public sealed record Rescheduled : JobOutcome
    {
        internal Rescheduled(
            TimeSpan? delay, DateTimeOffset? at, CronExpression? cron, TimeZoneInfo? zone, object? newPayload,
            Func<TaskDefinition, IPayloadCodec, ReadOnlyMemory<byte>>? encode = null)
        {
            Encode = encode;
            Delay = delay;
            At = at;
            Cron = cron;
            Zone = zone;
            NewPayload = newPayload;
        }

        internal Func<TaskDefinition, IPayloadCodec, ReadOnlyMemory<byte>>? Encode { get; }

        /// <summary>The delay, if it was said as one.</summary>
        public TimeSpan? Delay { get; }

        /// <summary>The time, if it was said as one.</summary>
        public DateTimeOffset? At { get; }

        /// <summary>The expression, if it was said as one.</summary>
        public CronExpression? Cron { get; }

        /// <summary>The zone of the expression.</summary>
        public TimeZoneInfo? Zone { get; }

        /// <summary>The payload that replaces the old one; null keeps it.</summary>
        public object? NewPayload { get; }

        /// <summary>The same, with a payload that replaces the old one; it must be of the task's payload type.</summary>
        public Rescheduled With<TPayload>(TPayload payload)
            where TPayload : notnull =>
            new(Delay, At, Cron, Zone, payload, (task, codec) => PayloadEncoder.EncodeValue(task, payload, codec, null));
    }

    /// <summary>The handler threw; made by the engine, so that a thrown error and a returned one stay distinguishable.</summary>
    public sealed record Failed : JobOutcome
    {
        internal Failed(Exception exception) => Exception = exception;

        /// <summary>What was thrown.</summary>
        public Exception Exception { get; }
    }

    /// <summary>See <see cref="Discard"/>.</summary>
    public sealed record Dropped : JobOutcome
    {
        internal Dropped(string reason) => Reason = reason;

        /// <summary>Why the job is given up.</summary>
        public string Reason { get; }
    }

    /// <summary>See <see cref="DeadLetter"/>.</summary>
    public sealed record Buried : JobOutcome
    {
        internal Buried(string error) => Error = error;

        /// <summary>Why the job is dead.</summary>
        public string Error { get; }
    }
}

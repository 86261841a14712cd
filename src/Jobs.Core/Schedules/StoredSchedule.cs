using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Jobs.Core;

/// <summary>
/// The parts of a schedule that a database keeps as one JSON text each: the definition (without id, task, payload) and the state that has
/// no column. Only what differs from the default is written.
/// </summary>
public static class StoredSchedule
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>The definition as text.</summary>
    public static string OfDefinition(ScheduleDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return JsonSerializer.Serialize(Stored.From(definition), Options);
    }

    /// <summary>The definition from text and columns.</summary>
    public static ScheduleDefinition ToDefinition(string text, string id, string task, ReadOnlyMemory<byte> payload) =>
        JsonSerializer.Deserialize<Stored>(text, Options)!.ToDefinition(id, task, payload);

    /// <summary>What a schedule remembers beside its columns, as text.</summary>
    public static string OfState(ScheduleRecord schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return JsonSerializer.Serialize(
            new State(
                schedule.LastJob?.ToString(), schedule.PriorJob?.ToString(), schedule.MadeUp, schedule.Declaration,
                schedule.CreatedAt.ToUnixTimeMilliseconds(), schedule.ChangedAt.ToUnixTimeMilliseconds()),
            Options);
    }

    /// <summary>Adds what a text remembers to a schedule made from columns.</summary>
    public static ScheduleRecord Read(
        ScheduleDefinition definition, long version, bool isPaused, DateTimeOffset? next, DateTimeOffset? last, long runs, string state)
    {
        var stored = JsonSerializer.Deserialize<State>(state, Options)!;
        return new ScheduleRecord
        {
            Definition = definition,
            Version = version,
            IsPaused = isPaused,
            Next = next,
            Last = last,
            LastJob = stored.LastJob is { } lastJob ? JobId.Parse(lastJob) : null,
            PriorJob = stored.PriorJob is { } priorJob ? JobId.Parse(priorJob) : null,
            Runs = runs,
            MadeUp = stored.MadeUp,
            Declaration = stored.Declaration,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(stored.CreatedMs),
            ChangedAt = DateTimeOffset.FromUnixTimeMilliseconds(stored.ChangedMs),
        };
    }

    /// <summary>The options of a job as text.</summary>
    internal static string OfOptions(EnqueueOptions options) => JsonSerializer.Serialize(Job.From(options), Options);

    /// <summary>The options of a job from text.</summary>
    internal static EnqueueOptions ToOptions(string text) => JsonSerializer.Deserialize<Job>(text, Options)!.ToOptions();

    /// <summary>Tells one declaration from another.</summary>
    /// <param name="definition">The declaration.</param>
    /// <param name="withPayload">False if its codec never writes the same bytes twice; then a change of the payload alone goes unnoticed.</param>
    internal static string HashOf(ScheduleDefinition definition, bool withPayload)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(definition.Task + "\n" + OfDefinition(definition) + "\n"));
        if (withPayload) hash.AppendData(definition.Payload.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }

    private static double? Ms(TimeSpan? time) => time?.TotalMilliseconds;

    private static TimeSpan? Span(double? milliseconds) => milliseconds is { } ms ? TimeSpan.FromMilliseconds(ms) : null;

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    private sealed record State(string? LastJob, string? PriorJob, int MadeUp, string? Declaration, long CreatedMs, long ChangedMs);

    private sealed record Job(
        string? Queue, int? Priority, int? MaxAttempts, StoredText.Backoff? Backoff, double? TimeoutMs, string? GroupKey, double? KeepForMs,
        bool DropPayload, ExceptionPolicy? OnException, ExhaustedAction? OnExhausted, bool? CountLostDeliveries, string? RequestId,
        string? User, IReadOnlyList<string>? Tags, SortedDictionary<string, string>? Headers, string? LimitKey)
    {
        internal static Job From(EnqueueOptions options) => new(
            options.Queue?.Value, options.Priority?.Urgency, options.MaxAttempts, StoredText.Backoff.From(options.Backoff), Ms(options.Timeout),
            options.GroupKey, Ms(options.Retention?.KeepFor), options.Retention is { KeepPayload: false }, options.OnException, options.OnExhausted,
            options.CountLostDeliveries, options.RequestId, options.User,
            options.Tags.Count == 0 ? null : [.. options.Tags.Order(StringComparer.Ordinal)],
            options.Headers.Count == 0 ? null : new SortedDictionary<string, string>(options.Headers, StringComparer.Ordinal),
            options.LimitKey);

        internal EnqueueOptions ToOptions()
        {
            var options = new EnqueueOptions
            {
                Queue = Queue is null ? (QueueName?)null : new QueueName(Queue),
                Priority = Priority is { } urgency ? new Jobs.Priority(urgency) : null,
                MaxAttempts = MaxAttempts,
                Backoff = Backoff?.ToPolicy(),
                Timeout = Span(TimeoutMs),
                GroupKey = GroupKey,
                LimitKey = LimitKey,
                Retention = Span(KeepForMs) is { } keep ? new RetentionPolicy(keep, !DropPayload) : null,
                OnException = OnException,
                OnExhausted = OnExhausted,
                CountLostDeliveries = CountLostDeliveries,
                RequestId = RequestId,
                User = User,
            };
            options.Tags.UnionWith(Tags ?? []);
            foreach (var (name, value) in Headers ?? []) options.Headers[name] = value;
            return options;
        }
    }

    private sealed record Stored(
        string? Type, string? Cron, string? Zone, double? EveryMs, long? AnchorMs, long? FromMs, long? UntilMs, long? MaxRuns, string? Misfire,
        int MaxMadeUp, double? MisfireAfterMs, OverlapPolicy Overlap, double JitterMs, ScheduleScope Scope, bool StartsPaused, Job? Job)
    {
        internal static Stored From(ScheduleDefinition definition)
        {
            var (cron, interval) = (definition.Timing as ScheduleTiming.CronTiming, definition.Timing as ScheduleTiming.IntervalTiming);
            return new Stored(
                definition.ContentType == "application/json" ? null : definition.ContentType, cron?.Expression.ToString(), cron?.Zone,
                Ms(interval?.Interval), interval?.Anchor?.ToUnixTimeMilliseconds(), definition.From?.ToUnixTimeMilliseconds(),
                definition.Until?.ToUnixTimeMilliseconds(), definition.MaxRuns, definition.Misfire.Name,
                definition.Misfire.Name == "all" ? definition.Misfire.MaxOccurrences : 0,
                definition.MisfireAfter == ScheduleDefinition.DefaultMisfireAfter ? null : Ms(definition.MisfireAfter), definition.Overlap,
                definition.Jitter.TotalMilliseconds, definition.Scope, definition.StartsPaused, StoredSchedule.Job.From(definition.SharedOptions));
        }

        internal ScheduleDefinition ToDefinition(string id, string task, ReadOnlyMemory<byte> payload) => new()
        {
            Id = id,
            Task = task,
            Payload = payload,
            ContentType = Type ?? "application/json",
            Timing = EveryMs is { } every ? ScheduleTiming.Every(TimeSpan.FromMilliseconds(every), Time(AnchorMs)) : ScheduleTiming.Stored(Cron!, Zone!),
            From = Time(FromMs),
            Until = Time(UntilMs),
            MaxRuns = MaxRuns,
            Misfire = MisfirePolicy.Of(Misfire, MaxMadeUp),
            MisfireAfter = Span(MisfireAfterMs) ?? ScheduleDefinition.DefaultMisfireAfter,
            Overlap = Overlap,
            Jitter = TimeSpan.FromMilliseconds(JitterMs),
            Scope = Scope,
            StartsPaused = StartsPaused,
            SharedOptions = Job?.ToOptions() ?? new EnqueueOptions(),
        };
    }
}

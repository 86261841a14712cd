using System.Text.Json;

namespace Jobs.Core;

/// <summary>A limit as it is stored: a setting whose value is everything but its name.</summary>
/// <param name="Limit">The limit.</param>
/// <param name="Declaration">What the code declared, as text, if code did; null if nobody but operators set it.</param>
/// <param name="Since">Since when it is as it is.</param>
/// <param name="By">Who wanted it.</param>
internal sealed record StoredLimit(RunLimit Limit, string? Declaration, DateTimeOffset Since, string? By)
{
    internal static StoredLimit From(StoredSetting setting)
    {
        var value = JsonSerializer.Deserialize(setting.Value!, StoredTextContext.Default.LimitValue)!;
        var declaration = value.Declared is { } declared ? TextOf(declared.ToLimit(setting.Name)) : null;
        return new(value.ToLimit(setting.Name), declaration, setting.ChangedAt, setting.ChangedBy);
    }

    internal static IEnumerable<StoredLimit> AllOf(IReadOnlyList<StoredSetting> settings) =>
        settings.Where(s => s.Kind == SettingKinds.Limit).Select(From);

    /// <summary>The setting of a limit.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="declared">What the code declares under this name; null if it declares nothing.</param>
    /// <param name="now">The time.</param>
    /// <param name="by">Who wants it.</param>
    internal static StoredSetting ToSetting(RunLimit limit, RunLimit? declared, DateTimeOffset now, string? by) => new(SettingKinds.Limit, limit.Name)
    {
        Value = JsonSerializer.Serialize(
            Value.Of(limit) with { Declared = declared is null ? null : Value.Of(declared) }, StoredTextContext.Default.LimitValue),
        ChangedAt = now,
        ChangedBy = by,
    };

    internal RunLimitInfo ToInfo() => new() { Limit = Limit, Since = Since, By = By };

    /// <summary>What tells a limit from another one of its name.</summary>
    internal static string TextOf(RunLimit limit) => JsonSerializer.Serialize(Value.Of(limit), StoredTextContext.Default.LimitValue);

    /// <summary>What code declared of it before; null if it declared nothing.</summary>
    internal static RunLimit? DeclaredIn(StoredSetting setting) =>
        JsonSerializer.Deserialize(setting.Value!, StoredTextContext.Default.LimitValue)!.Declared?.ToLimit(setting.Name);

    internal sealed record Value(
        string? Queue, string? Task, bool PerKey, int? MaxRunning, int? RateJobs, double? RatePeriodMs, int? Burst, Value? Declared)
    {
        internal static Value Of(RunLimit limit) => new(
            limit.Queue?.Value, limit.Task, limit.PerKey, limit.MaxRunning, limit.Rate?.Jobs, limit.Rate?.Period.TotalMilliseconds, limit.Rate?.Burst, null);

        internal RunLimit ToLimit(string name) => new(name)
        {
            Queue = Queue is null ? (QueueName?)null : new QueueName(Queue),
            Task = Task,
            PerKey = PerKey,
            MaxRunning = MaxRunning,
            Rate = RateJobs is { } jobs ? new RunRate(jobs, TimeSpan.FromMilliseconds(RatePeriodMs ?? 0)) { Burst = Burst ?? jobs } : null,
        };
    }
}

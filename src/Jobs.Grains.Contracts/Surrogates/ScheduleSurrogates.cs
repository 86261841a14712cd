using Orleans;

namespace Jobs.Grains.Contracts;

[GenerateSerializer]
[Alias("jobs.ScheduleId")]
internal struct ScheduleIdSurrogate
{
    [Id(0)]
    public string Value;
}

[RegisterConverter]
internal sealed class ScheduleIdConverter : IConverter<ScheduleId, ScheduleIdSurrogate>
{
    public ScheduleId ConvertFromSurrogate(in ScheduleIdSurrogate surrogate) => new(surrogate.Value);

    public ScheduleIdSurrogate ConvertToSurrogate(in ScheduleId value) => new() { Value = value.Value };
}

[GenerateSerializer]
[Alias("jobs.ScheduleDefinition")]
internal struct ScheduleDefinitionSurrogate
{
    [Id(0)]
    public ScheduleId Id;

    [Id(1)]
    public string Task;

    [Id(2)]
    public ReadOnlyMemory<byte> Payload;

    [Id(3)]
    public string ContentType;

    [Id(4)]
    public string? Cron;

    [Id(5)]
    public string? Zone;

    [Id(6)]
    public TimeSpan Interval;

    [Id(7)]
    public DateTimeOffset? Anchor;

    [Id(8)]
    public DateTimeOffset? From;

    [Id(9)]
    public DateTimeOffset? Until;

    [Id(10)]
    public long? MaxRuns;

    [Id(11)]
    public string Misfire;

    [Id(12)]
    public int MaxMadeUp;

    [Id(13)]
    public TimeSpan MisfireAfter;

    [Id(14)]
    public OverlapPolicy Overlap;

    [Id(15)]
    public TimeSpan Jitter;

    [Id(16)]
    public ScheduleScope Scope;

    [Id(17)]
    public bool StartsPaused;

    [Id(18)]
    public JobOptionsMessage Job;
}

[RegisterConverter]
internal sealed class ScheduleDefinitionConverter : IConverter<ScheduleDefinition, ScheduleDefinitionSurrogate>
{
    public ScheduleDefinition ConvertFromSurrogate(in ScheduleDefinitionSurrogate surrogate) => new()
    {
        Id = surrogate.Id,
        Task = surrogate.Task,
        Payload = surrogate.Payload,
        ContentType = surrogate.ContentType,
        Timing = surrogate.Cron is { } cron ? ScheduleTiming.Stored(cron, surrogate.Zone!) : ScheduleTiming.Every(surrogate.Interval, surrogate.Anchor),
        From = surrogate.From,
        Until = surrogate.Until,
        MaxRuns = surrogate.MaxRuns,
        Misfire = MisfirePolicy.Of(surrogate.Misfire, surrogate.MaxMadeUp),
        MisfireAfter = surrogate.MisfireAfter,
        Overlap = surrogate.Overlap,
        Jitter = surrogate.Jitter,
        Scope = surrogate.Scope,
        StartsPaused = surrogate.StartsPaused,
        SharedOptions = surrogate.Job.ToOptions(),
    };

    public ScheduleDefinitionSurrogate ConvertToSurrogate(in ScheduleDefinition value)
    {
        var (cron, interval) = (value.Timing as ScheduleTiming.CronTiming, value.Timing as ScheduleTiming.IntervalTiming);
        return new ScheduleDefinitionSurrogate
        {
            Id = value.Id,
            Task = value.Task,
            Payload = value.Payload,
            ContentType = value.ContentType,
            Cron = cron?.Expression.ToString(),
            Zone = cron?.Zone,
            Interval = interval?.Interval ?? default,
            Anchor = interval?.Anchor,
            From = value.From,
            Until = value.Until,
            MaxRuns = value.MaxRuns,
            Misfire = value.Misfire.Name,
            MaxMadeUp = value.Misfire.MaxOccurrences,
            MisfireAfter = value.MisfireAfter,
            Overlap = value.Overlap,
            Jitter = value.Jitter,
            Scope = value.Scope,
            StartsPaused = value.StartsPaused,
            Job = JobOptionsMessage.From(value.SharedOptions),
        };
    }
}

[GenerateSerializer]
[Alias("jobs.ScheduleSnapshot")]
internal struct ScheduleSnapshotSurrogate
{
    [Id(0)]
    public ScheduleDefinition Definition;

    [Id(1)]
    public bool IsPaused;

    [Id(2)]
    public DateTimeOffset? Next;

    [Id(3)]
    public DateTimeOffset[]? Upcoming;

    [Id(4)]
    public DateTimeOffset? Last;

    [Id(5)]
    public JobId? LastJob;

    [Id(6)]
    public long Runs;

    [Id(7)]
    public bool IsDeclared;

    [Id(8)]
    public DateTimeOffset CreatedAt;

    [Id(9)]
    public DateTimeOffset ChangedAt;

    [Id(10)]
    public long Version;
}

[RegisterConverter]
internal sealed class ScheduleSnapshotConverter : IConverter<ScheduleSnapshot, ScheduleSnapshotSurrogate>
{
    public ScheduleSnapshot ConvertFromSurrogate(in ScheduleSnapshotSurrogate surrogate) => new()
    {
        Definition = surrogate.Definition,
        IsPaused = surrogate.IsPaused,
        Next = surrogate.Next,
        Upcoming = surrogate.Upcoming ?? [],
        Last = surrogate.Last,
        LastJob = surrogate.LastJob,
        Runs = surrogate.Runs,
        IsDeclared = surrogate.IsDeclared,
        CreatedAt = surrogate.CreatedAt,
        ChangedAt = surrogate.ChangedAt,
        Version = surrogate.Version,
    };

    public ScheduleSnapshotSurrogate ConvertToSurrogate(in ScheduleSnapshot value) => new()
    {
        Definition = value.Definition,
        IsPaused = value.IsPaused,
        Next = value.Next,
        Upcoming = value.Upcoming.Count == 0 ? null : value.Upcoming.ToArray(),
        Last = value.Last,
        LastJob = value.LastJob,
        Runs = value.Runs,
        IsDeclared = value.IsDeclared,
        CreatedAt = value.CreatedAt,
        ChangedAt = value.ChangedAt,
        Version = value.Version,
    };
}

[RegisterConverter]
internal sealed class ScheduleExistsConverter : IConverter<ScheduleExistsException, ErrorSurrogate>
{
    public ScheduleExistsException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Text);

    public ErrorSurrogate ConvertToSurrogate(in ScheduleExistsException value) => new() { Text = value.Id.Value };
}

[RegisterConverter]
internal sealed class ScheduleNotFoundConverter : IConverter<ScheduleNotFoundException, ErrorSurrogate>
{
    public ScheduleNotFoundException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Text);

    public ErrorSurrogate ConvertToSurrogate(in ScheduleNotFoundException value) => new() { Text = value.Id.Value };
}

[RegisterConverter]
internal sealed class ScheduleChangedConverter : IConverter<ScheduleChangedException, ErrorSurrogate>
{
    public ScheduleChangedException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Text, s.Allowed, s.More is null ? null : s.Actual);

    // A version that is not known is told from version 0 by the text beside it.
    public ErrorSurrogate ConvertToSurrogate(in ScheduleChangedException value) => new()
    {
        Text = value.Id.Value,
        Allowed = value.Expected,
        Actual = value.Actual ?? 0,
        More = value.Actual is null ? null : "known",
    };
}

[RegisterConverter]
internal sealed class ScheduleNeverFiresConverter : IConverter<ScheduleNeverFiresException, ErrorSurrogate>
{
    public ScheduleNeverFiresException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Text, s.More ?? "", s.From, s.Until);

    public ErrorSurrogate ConvertToSurrogate(in ScheduleNeverFiresException value) => new()
    {
        Text = value.Id.Value,
        More = value.Timing,
        From = value.From,
        Until = value.Until,
    };
}

[RegisterConverter]
internal sealed class SchedulesNotKeptConverter : IConverter<SchedulesNotKeptException, ErrorSurrogate>
{
    public SchedulesNotKeptException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Text);

    public ErrorSurrogate ConvertToSurrogate(in SchedulesNotKeptException value) => new() { Text = value.Where };
}

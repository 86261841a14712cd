using System.Collections.ObjectModel;
using Orleans;

namespace Jobs.Grains.Contracts;

[GenerateSerializer]
[Alias("jobs.JobSnapshot")]
internal struct JobSnapshotSurrogate
{
    [Id(0)]
    public JobId Id;

    [Id(1)]
    public string Task;

    [Id(2)]
    public QueueName Queue;

    [Id(3)]
    public JobState State;

    [Id(4)]
    public string? Reason;

    [Id(5)]
    public int Priority;

    [Id(6)]
    public ReadOnlyMemory<byte> Payload;

    [Id(7)]
    public string ContentType;

    [Id(8)]
    public ReadOnlyMemory<byte>? Result;

    [Id(9)]
    public DateTimeOffset EnqueuedAt;

    [Id(10)]
    public DateTimeOffset RunAt;

    [Id(11)]
    public DateTimeOffset? StartedAt;

    [Id(12)]
    public DateTimeOffset? FinishedAt;

    [Id(13)]
    public int Attempt;

    [Id(14)]
    public int MaxAttempts;

    [Id(15)]
    public int Failures;

    [Id(16)]
    public int Deliveries;

    [Id(17)]
    public int LostDeliveries;

    [Id(18)]
    public string? Worker;

    [Id(19)]
    public string? UniqueKey;

    [Id(20)]
    public string? GroupKey;

    [Id(21)]
    public string? RequestId;

    [Id(22)]
    public string? TraceParent;

    [Id(23)]
    public string[]? Tags;

    [Id(24)]
    public KeyValuePair<string, string>[]? Headers;

    [Id(25)]
    public JobError[]? Errors;

    [Id(26)]
    public JobLogLine[]? Log;

    [Id(27)]
    public JobProgress? Progress;

    [Id(28)]
    public string? TraceState;

    [Id(29)]
    public string? User;

    [Id(30)]
    public string? EnqueuedCodeVersion;

    [Id(31)]
    public string? RanCodeVersion;

    [Id(32)]
    public string? LimitKey;

    [Id(33)]
    public string? WaitsForLimit;

    [Id(34)]
    public DateTimeOffset? PayloadPrunedAt;
}

[RegisterConverter]
internal sealed class JobSnapshotConverter : IConverter<JobSnapshot, JobSnapshotSurrogate>
{
    public JobSnapshot ConvertFromSurrogate(in JobSnapshotSurrogate surrogate) => new()
    {
        Id = surrogate.Id,
        Task = surrogate.Task,
        Queue = surrogate.Queue,
        State = surrogate.State,
        Reason = surrogate.Reason,
        Priority = new Priority(surrogate.Priority),
        Payload = surrogate.Payload,
        ContentType = surrogate.ContentType,
        Result = surrogate.Result,
        EnqueuedAt = surrogate.EnqueuedAt,
        RunAt = surrogate.RunAt,
        StartedAt = surrogate.StartedAt,
        FinishedAt = surrogate.FinishedAt,
        Attempt = surrogate.Attempt,
        MaxAttempts = surrogate.MaxAttempts,
        Failures = surrogate.Failures,
        Deliveries = surrogate.Deliveries,
        LostDeliveries = surrogate.LostDeliveries,
        Worker = surrogate.Worker,
        UniqueKey = surrogate.UniqueKey,
        GroupKey = surrogate.GroupKey,
        RequestId = surrogate.RequestId,
        TraceParent = surrogate.TraceParent,
        Tags = surrogate.Tags ?? [],
        Headers = surrogate.Headers is { } headers
            ? new Dictionary<string, string>(headers, StringComparer.OrdinalIgnoreCase)
            : ReadOnlyDictionary<string, string>.Empty,
        Errors = surrogate.Errors ?? [],
        Log = surrogate.Log ?? [],
        Progress = surrogate.Progress,
        TraceState = surrogate.TraceState,
        User = surrogate.User,
        EnqueuedCodeVersion = surrogate.EnqueuedCodeVersion,
        RanCodeVersion = surrogate.RanCodeVersion,
        LimitKey = surrogate.LimitKey,
        WaitsForLimit = surrogate.WaitsForLimit,
        PayloadPrunedAt = surrogate.PayloadPrunedAt,
    };

    // What is empty is not sent. Lists are sent as arrays: the compiler's own lists have no stable name.
    public JobSnapshotSurrogate ConvertToSurrogate(in JobSnapshot value) => new()
    {
        Id = value.Id,
        Task = value.Task,
        Queue = value.Queue,
        State = value.State,
        Reason = value.Reason,
        Priority = value.Priority.Urgency,
        Payload = value.Payload,
        ContentType = value.ContentType,
        Result = value.Result,
        EnqueuedAt = value.EnqueuedAt,
        RunAt = value.RunAt,
        StartedAt = value.StartedAt,
        FinishedAt = value.FinishedAt,
        Attempt = value.Attempt,
        MaxAttempts = value.MaxAttempts,
        Failures = value.Failures,
        Deliveries = value.Deliveries,
        LostDeliveries = value.LostDeliveries,
        Worker = value.Worker,
        UniqueKey = value.UniqueKey,
        GroupKey = value.GroupKey,
        RequestId = value.RequestId,
        TraceParent = value.TraceParent,
        Tags = value.Tags.Count == 0 ? null : value.Tags.ToArray(),
        Headers = value.Headers.Count == 0 ? null : value.Headers.ToArray(),
        Errors = value.Errors.Count == 0 ? null : value.Errors.ToArray(),
        Log = value.Log.Count == 0 ? null : value.Log.ToArray(),
        Progress = value.Progress,
        TraceState = value.TraceState,
        User = value.User,
        EnqueuedCodeVersion = value.EnqueuedCodeVersion,
        RanCodeVersion = value.RanCodeVersion,
        LimitKey = value.LimitKey,
        WaitsForLimit = value.WaitsForLimit,
        PayloadPrunedAt = value.PayloadPrunedAt,
    };
}

using Orleans;

namespace Jobs.Grains.Contracts;

[GenerateSerializer]
[Alias("jobs.WorkerQueue")]
internal struct WorkerQueueSurrogate
{
    [Id(0)]
    public QueueName Queue;

    [Id(1)]
    public int? Concurrency;

    [Id(2)]
    public int RunningJobs;
}

[RegisterConverter]
internal sealed class WorkerQueueConverter : IConverter<WorkerQueue, WorkerQueueSurrogate>
{
    public WorkerQueue ConvertFromSurrogate(in WorkerQueueSurrogate surrogate) => new(surrogate.Queue, surrogate.Concurrency, surrogate.RunningJobs);

    public WorkerQueueSurrogate ConvertToSurrogate(in WorkerQueue value) =>
        new() { Queue = value.Queue, Concurrency = value.Concurrency, RunningJobs = value.RunningJobs };
}

[GenerateSerializer]
[Alias("jobs.WorkerInfo")]
internal struct WorkerInfoSurrogate
{
    [Id(0)]
    public string Id;

    [Id(1)]
    public string Name;

    [Id(2)]
    public WorkerPlace Place;

    [Id(3)]
    public string? CodeVersion;

    [Id(4)]
    public string[] Tasks;

    [Id(5)]
    public WorkerQueue[] Queues;

    [Id(6)]
    public DateTimeOffset? StartedAt;

    [Id(7)]
    public DateTimeOffset? LastSeenAt;

    [Id(8)]
    public bool IsDraining;

    [Id(9)]
    public bool IsSilent;
}

[RegisterConverter]
internal sealed class WorkerInfoConverter : IConverter<WorkerInfo, WorkerInfoSurrogate>
{
    public WorkerInfo ConvertFromSurrogate(in WorkerInfoSurrogate surrogate) => new()
    {
        Id = surrogate.Id,
        Name = surrogate.Name,
        Place = surrogate.Place,
        CodeVersion = surrogate.CodeVersion,
        Tasks = surrogate.Tasks,
        Queues = surrogate.Queues,
        StartedAt = surrogate.StartedAt,
        LastSeenAt = surrogate.LastSeenAt,
        IsDraining = surrogate.IsDraining,
        IsAnswering = !surrogate.IsSilent,
    };

    public WorkerInfoSurrogate ConvertToSurrogate(in WorkerInfo value) => new()
    {
        Id = value.Id,
        Name = value.Name,
        Place = value.Place,
        CodeVersion = value.CodeVersion,
        Tasks = [.. value.Tasks],
        Queues = [.. value.Queues],
        StartedAt = value.StartedAt,
        LastSeenAt = value.LastSeenAt,
        IsDraining = value.IsDraining,
        IsSilent = !value.IsAnswering,
    };
}

[GenerateSerializer]
[Alias("jobs.UnhandledTask")]
internal struct UnhandledTaskSurrogate
{
    [Id(0)]
    public QueueName Queue;

    [Id(1)]
    public string Task;

    [Id(2)]
    public int WaitingJobs;

    [Id(3)]
    public bool IsAtLeast;

    [Id(4)]
    public DateTimeOffset WaitingSince;
}

[RegisterConverter]
internal sealed class UnhandledTaskConverter : IConverter<UnhandledTask, UnhandledTaskSurrogate>
{
    public UnhandledTask ConvertFromSurrogate(in UnhandledTaskSurrogate surrogate) => new()
    {
        Queue = surrogate.Queue,
        Task = surrogate.Task,
        WaitingJobs = surrogate.WaitingJobs,
        IsAtLeast = surrogate.IsAtLeast,
        WaitingSince = surrogate.WaitingSince,
    };

    public UnhandledTaskSurrogate ConvertToSurrogate(in UnhandledTask value) => new()
    {
        Queue = value.Queue,
        Task = value.Task,
        WaitingJobs = value.WaitingJobs,
        IsAtLeast = value.IsAtLeast,
        WaitingSince = value.WaitingSince,
    };
}

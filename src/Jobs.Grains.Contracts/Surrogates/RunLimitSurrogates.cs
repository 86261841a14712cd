using Orleans;

namespace Jobs.Grains.Contracts;

[GenerateSerializer]
[Alias("jobs.RunLimit")]
internal struct RunLimitSurrogate
{
    [Id(0)]
    public string Name;

    [Id(1)]
    public QueueName? Queue;

    [Id(2)]
    public string? Task;

    [Id(3)]
    public bool PerKey;

    [Id(4)]
    public int? MaxRunning;

    [Id(5)]
    public int? RateJobs;

    [Id(6)]
    public TimeSpan RatePeriod;

    [Id(7)]
    public int RateBurst;
}

[RegisterConverter]
internal sealed class RunLimitConverter : IConverter<RunLimit, RunLimitSurrogate>
{
    public RunLimit ConvertFromSurrogate(in RunLimitSurrogate surrogate) => new(surrogate.Name)
    {
        Queue = surrogate.Queue,
        Task = surrogate.Task,
        PerKey = surrogate.PerKey,
        MaxRunning = surrogate.MaxRunning,
        Rate = surrogate.RateJobs is { } jobs ? new RunRate(jobs, surrogate.RatePeriod) { Burst = surrogate.RateBurst } : null,
    };

    public RunLimitSurrogate ConvertToSurrogate(in RunLimit value) => new()
    {
        Name = value.Name,
        Queue = value.Queue,
        Task = value.Task,
        PerKey = value.PerKey,
        MaxRunning = value.MaxRunning,
        RateJobs = value.Rate?.Jobs,
        RatePeriod = value.Rate?.Period ?? default,
        RateBurst = value.Rate?.Burst ?? 0,
    };
}

[GenerateSerializer]
[Alias("jobs.RunLimitInfo")]
internal struct RunLimitInfoSurrogate
{
    [Id(0)]
    public RunLimit Limit;

    [Id(1)]
    public DateTimeOffset Since;

    [Id(2)]
    public string? By;
}

[RegisterConverter]
internal sealed class RunLimitInfoConverter : IConverter<RunLimitInfo, RunLimitInfoSurrogate>
{
    public RunLimitInfo ConvertFromSurrogate(in RunLimitInfoSurrogate surrogate) =>
        new() { Limit = surrogate.Limit, Since = surrogate.Since, By = surrogate.By };

    public RunLimitInfoSurrogate ConvertToSurrogate(in RunLimitInfo value) => new() { Limit = value.Limit, Since = value.Since, By = value.By };
}

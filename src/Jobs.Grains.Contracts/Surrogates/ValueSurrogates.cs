using System.Runtime.CompilerServices;
using Orleans;

namespace Jobs.Grains.Contracts;

// The library's own values as they are sent. The types themselves know nothing of Orleans; a member's number and a type's alias never change.
[GenerateSerializer]
[Alias("jobs.JobId")]
internal struct JobIdSurrogate
{
    [Id(0)]
    public ulong High;

    [Id(1)]
    public ulong Low;
}

[RegisterConverter]
internal sealed class JobIdConverter : IConverter<JobId, JobIdSurrogate>
{
    public JobId ConvertFromSurrogate(in JobIdSurrogate surrogate) => new(surrogate.High, surrogate.Low);

    public JobIdSurrogate ConvertToSurrogate(in JobId value) => new() { High = value.High, Low = value.Low };
}

[GenerateSerializer]
[Alias("jobs.QueueName")]
internal struct QueueNameSurrogate
{
    [Id(0)]
    public string Value;
}

[RegisterConverter]
internal sealed class QueueNameConverter : IConverter<QueueName, QueueNameSurrogate>
{
    // Most messages name the queue that the one before named; a name that is known is neither checked nor hashed again.
    private StrongBox<QueueName>? _last;

    public QueueName ConvertFromSurrogate(in QueueNameSurrogate surrogate)
    {
        if (_last is { } last && last.Value.Value == surrogate.Value) return last.Value;
        var name = new QueueName(surrogate.Value);
        _last = new StrongBox<QueueName>(name);
        return name;
    }

    public QueueNameSurrogate ConvertToSurrogate(in QueueName value) => new() { Value = value.Value };
}

[GenerateSerializer]
[Alias("jobs.JobError")]
internal struct JobErrorSurrogate
{
    [Id(0)]
    public int Attempt;

    [Id(1)]
    public DateTimeOffset At;

    [Id(2)]
    public string Type;

    [Id(3)]
    public string Message;

    [Id(4)]
    public string? Stack;
}

[RegisterConverter]
internal sealed class JobErrorConverter : IConverter<JobError, JobErrorSurrogate>
{
    public JobError ConvertFromSurrogate(in JobErrorSurrogate surrogate) =>
        new(surrogate.Attempt, surrogate.At, surrogate.Type, surrogate.Message, surrogate.Stack);

    public JobErrorSurrogate ConvertToSurrogate(in JobError value) =>
        new() { Attempt = value.Attempt, At = value.At, Type = value.Type, Message = value.Message, Stack = value.Stack };
}

[GenerateSerializer]
[Alias("jobs.JobLogLine")]
internal struct JobLogLineSurrogate
{
    [Id(0)]
    public DateTimeOffset At;

    [Id(1)]
    public int Attempt;

    [Id(2)]
    public string Text;
}

[RegisterConverter]
internal sealed class JobLogLineConverter : IConverter<JobLogLine, JobLogLineSurrogate>
{
    public JobLogLine ConvertFromSurrogate(in JobLogLineSurrogate surrogate) => new(surrogate.At, surrogate.Attempt, surrogate.Text);

    public JobLogLineSurrogate ConvertToSurrogate(in JobLogLine value) => new() { At = value.At, Attempt = value.Attempt, Text = value.Text };
}

[GenerateSerializer]
[Alias("jobs.JobProgress")]
internal struct JobProgressSurrogate
{
    [Id(0)]
    public double Percent;

    [Id(1)]
    public string? Text;
}

[RegisterConverter]
internal sealed class JobProgressConverter : IConverter<JobProgress, JobProgressSurrogate>
{
    public JobProgress ConvertFromSurrogate(in JobProgressSurrogate surrogate) => new(surrogate.Percent, surrogate.Text);

    public JobProgressSurrogate ConvertToSurrogate(in JobProgress value) => new() { Percent = value.Percent, Text = value.Text };
}

[GenerateSerializer]
[Alias("jobs.JobCounts")]
internal struct JobCountsSurrogate
{
    [Id(0)]
    public long Scheduled;

    [Id(1)]
    public long Pending;

    [Id(2)]
    public long Running;

    [Id(3)]
    public long Retrying;

    [Id(4)]
    public long Completed;

    [Id(5)]
    public long Dead;

    [Id(6)]
    public long Cancelled;

    [Id(7)]
    public long Discarded;
}

[RegisterConverter]
internal sealed class JobCountsConverter : IConverter<JobCounts, JobCountsSurrogate>
{
    public JobCounts ConvertFromSurrogate(in JobCountsSurrogate surrogate) => new()
    {
        Scheduled = surrogate.Scheduled,
        Pending = surrogate.Pending,
        Running = surrogate.Running,
        Retrying = surrogate.Retrying,
        Completed = surrogate.Completed,
        Dead = surrogate.Dead,
        Cancelled = surrogate.Cancelled,
        Discarded = surrogate.Discarded,
    };

    public JobCountsSurrogate ConvertToSurrogate(in JobCounts value) => new()
    {
        Scheduled = value.Scheduled,
        Pending = value.Pending,
        Running = value.Running,
        Retrying = value.Retrying,
        Completed = value.Completed,
        Dead = value.Dead,
        Cancelled = value.Cancelled,
        Discarded = value.Discarded,
    };
}

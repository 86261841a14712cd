using Orleans;

namespace Jobs.Grains.Contracts;

// The library's own errors as they are sent: what they were made from, not their text, so a client throws the same error with the same data.
[GenerateSerializer]
[Alias("jobs.Error")]
internal struct ErrorSurrogate
{
    [Id(0)]
    public JobId Id;

    [Id(1)]
    public JobId Other;

    [Id(2)]
    public QueueName Queue;

    [Id(3)]
    public JobState State;

    [Id(4)]
    public string Text;

    [Id(5)]
    public string? More;

    [Id(6)]
    public long Actual;

    [Id(7)]
    public long Allowed;

    [Id(8)]
    public TimeSpan Time;

    [Id(9)]
    public string[]? Texts;

    [Id(10)]
    public DateTimeOffset? From;

    [Id(11)]
    public DateTimeOffset? Until;
}

[RegisterConverter]
internal sealed class JobNotFoundConverter : IConverter<JobNotFoundException, ErrorSurrogate>
{
    public JobNotFoundException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Id);

    public ErrorSurrogate ConvertToSurrogate(in JobNotFoundException value) => new() { Id = value.Id };
}

[RegisterConverter]
internal sealed class DuplicateJobConverter : IConverter<DuplicateJobException, ErrorSurrogate>
{
    public DuplicateJobException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Id);

    public ErrorSurrogate ConvertToSurrogate(in DuplicateJobException value) => new() { Id = value.Id };
}

[RegisterConverter]
internal sealed class JobWaitTimeoutConverter : IConverter<JobWaitTimeoutException, ErrorSurrogate>
{
    public JobWaitTimeoutException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Id, s.Time);

    public ErrorSurrogate ConvertToSurrogate(in JobWaitTimeoutException value) => new() { Id = value.Id, Time = value.Timeout };
}

[RegisterConverter]
internal sealed class WrongJobStateConverter : IConverter<WrongJobStateException, ErrorSurrogate>
{
    public WrongJobStateException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Id, s.State, s.Text);

    public ErrorSurrogate ConvertToSurrogate(in WrongJobStateException value) => new() { Id = value.Id, State = value.State, Text = value.Action };
}

[RegisterConverter]
internal sealed class PayloadPrunedConverter : IConverter<PayloadPrunedException, ErrorSurrogate>
{
    public PayloadPrunedException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Id, s.From ?? default);

    public ErrorSurrogate ConvertToSurrogate(in PayloadPrunedException value) => new() { Id = value.Id, From = value.PrunedAt };
}

[RegisterConverter]
internal sealed class UniqueKeyTakenConverter : IConverter<UniqueKeyTakenException, ErrorSurrogate>
{
    public UniqueKeyTakenException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Id, s.Text, s.Other);

    public ErrorSurrogate ConvertToSurrogate(in UniqueKeyTakenException value) => new() { Id = value.Id, Text = value.Key, Other = value.Holder };
}

[RegisterConverter]
internal sealed class QueueBusyConverter : IConverter<QueueBusyException, ErrorSurrogate>
{
    public QueueBusyException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Queue, s.Text, s.Allowed);

    public ErrorSurrogate ConvertToSurrogate(in QueueBusyException value) => new() { Queue = value.Queue, Text = value.Limit, Allowed = value.Allowed };
}

[RegisterConverter]
internal sealed class LimitExceededConverter : IConverter<LimitExceededException, ErrorSurrogate>
{
    public LimitExceededException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Text, s.Actual, s.Allowed);

    public ErrorSurrogate ConvertToSurrogate(in LimitExceededException value) => new() { Text = value.Limit, Actual = value.Actual, Allowed = value.Allowed };
}

[RegisterConverter]
internal sealed class ServiceStoppedConverter : IConverter<ServiceStoppedException, ErrorSurrogate>
{
    public ServiceStoppedException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Text);

    public ErrorSurrogate ConvertToSurrogate(in ServiceStoppedException value) => new() { Text = value.Action };
}

[RegisterConverter]
internal sealed class TaskNotRegisteredConverter : IConverter<TaskNotRegisteredException, ErrorSurrogate>
{
    public TaskNotRegisteredException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Text, s.Texts ?? []);

    public ErrorSurrogate ConvertToSurrogate(in TaskNotRegisteredException value) => new() { Text = value.Task, Texts = value.Known.ToArray() };
}

[RegisterConverter]
internal sealed class InvalidNameConverter : IConverter<InvalidNameException, ErrorSurrogate>
{
    public InvalidNameException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Text, s.Texts?[0], s.More ?? "");

    public ErrorSurrogate ConvertToSurrogate(in InvalidNameException value) => new()
    {
        Text = value.Kind,
        Texts = value.Value is null ? null : [value.Value],
        More = value.Reason,
    };
}

[RegisterConverter]
internal sealed class InvalidJobOptionConverter : IConverter<InvalidJobOptionException, ErrorSurrogate>
{
    public InvalidJobOptionException ConvertFromSurrogate(in ErrorSurrogate s) => new(s.Text, s.Texts?[0], s.More ?? "");

    // The value may be anything, so it is sent as the text that the message shows.
    public ErrorSurrogate ConvertToSurrogate(in InvalidJobOptionException value) => new()
    {
        Text = value.Option,
        Texts = value.Value?.ToString() is { } text ? [text] : null,
        More = value.Remedy,
    };
}

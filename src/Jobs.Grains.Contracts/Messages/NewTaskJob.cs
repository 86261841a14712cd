using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>A job of a task to be enqueued through <see cref="ITask"/>. Jobs that are enqueued alike share one <see cref="JobOptionsMessage"/>.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.NewTaskJob")]
public sealed record NewTaskJob
{
    /// <summary>The payload as it was encoded.</summary>
    [Id(0)]
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>What is said of the job; null means the defaults. <see cref="JobOptionsMessage.Of"/> says what a definition says.</summary>
    [Id(1)]
    public JobOptionsMessage? Options { get; init; }

    /// <summary>An id of the caller's own; null has one made.</summary>
    [Id(2)]
    public JobId? OwnId { get; init; }

    /// <summary>Among which jobs <see cref="OwnId"/> is this one's only.</summary>
    [Id(3)]
    public JobIdScope IdScope { get; init; }
}

using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>A message of a topic on its way to listeners.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.TopicMessage")]
public sealed record TopicMessage
{
    /// <summary>The topic's name.</summary>
    [Id(0)]
    public required string Topic { get; init; }

    /// <summary>The message as it was encoded.</summary>
    [Id(1)]
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The process that publishes, which has told its own listeners.</summary>
    [Id(2)]
    public Guid Publisher { get; init; }

    /// <summary>The request in which it was published; null outside one.</summary>
    [Id(3)]
    public string? RequestId { get; init; }

    /// <summary>The user for whom it was published; null if that was not told.</summary>
    [Id(4)]
    public string? User { get; init; }
}

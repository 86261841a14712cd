using Jobs.Grains.Contracts;

namespace Jobs.Cluster.Tests.Contracts;

/// <summary><see cref="EnqueueRequest"/> as a version to come may have it: with more members, one of them of a type that is not known today.</summary>
[GenerateSerializer]
[Alias("test.LaterRequest")]
public sealed record LaterRequest
{
    [Id(0)]
    public required QueueName Queue { get; init; }

    [Id(1)]
    public required int Partition { get; init; }

    [Id(2)]
    public required NewJobMessage[] Jobs { get; init; }

    [Id(3)]
    public bool IsRepeated { get; init; }

    [Id(4)]
    public string? RequestId { get; init; }

    [Id(40)]
    public string? More { get; init; }

    [Id(41)]
    public LaterPart[]? Parts { get; init; }
}

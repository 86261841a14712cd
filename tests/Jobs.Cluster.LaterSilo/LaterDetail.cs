using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>What a later version adds to each message.</summary>
[GenerateSerializer]
[Alias("jobs.LaterDetail")]
public sealed record LaterDetail
{
    internal static LaterDetail Instance { get; } = new();

    /// <summary>Text.</summary>
    [Id(0)]
    public string Text { get; init; } = "later";

    /// <summary>Details of its own.</summary>
    [Id(1)]
    public int[] Numbers { get; init; } = [1, 2, 3];
}

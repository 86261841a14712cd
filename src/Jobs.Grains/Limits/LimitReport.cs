using Orleans;
using Orleans.Runtime;

namespace Jobs.Grains.Limits;

/// <summary>What a silo has and wants of one limit.</summary>
[GenerateSerializer]
[Alias("jobs.LimitReport")]
internal sealed record LimitReport
{
    /// <summary>The silo.</summary>
    [Id(0)]
    public required SiloAddress Silo { get; init; }

    /// <summary>Counts the silo's reports, so that one that comes late is known.</summary>
    [Id(1)]
    public required long Number { get; init; }

    /// <summary>For each key that there is something to say of.</summary>
    [Id(2)]
    public required LimitUseMessage[] Uses { get; init; }
}

namespace Jobs.Core;

/// <summary>How much of a partition is kept in memory (rule I10); what does not fit stays in the store and is paged in.</summary>
public sealed record PartitionLimits
{
    /// <summary>The limits of a service that says nothing.</summary>
    public static PartitionLimits Default { get; } = new();

    /// <summary>Ready jobs kept per task; default 16,384.</summary>
    public int WindowReadyJobs { get; init; } = 16_384;

    /// <summary>Jobs kept that wait for their time; default 16,384.</summary>
    public int WindowDueJobs { get; init; } = 16_384;

    /// <summary>Jobs kept per group behind the one whose turn it is; default 32.</summary>
    public int WindowGroupJobs { get; init; } = 32;

    /// <summary>Ready jobs kept per task and limit key while a limit has no room for them; default 64.</summary>
    public int WindowLimitedJobs { get; init; } = 64;

    /// <summary>
    /// Pairs of task and limit key of which such jobs are kept; default 4,096. A job of another key that has no room holds up its task then.
    /// </summary>
    public int WindowLimitKeys { get; init; } = 4_096;

    /// <summary>Payloads kept of each of these windows; default 64 MiB.</summary>
    public long WindowPayloadBytes { get; init; } = 64L * 1024 * 1024;
}

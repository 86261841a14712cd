using Microsoft.Extensions.Logging;

namespace Jobs.Core;

/// <summary>What every run of a process shares.</summary>
internal sealed record RunEnvironment(
    IServiceProvider Services, IPayloadCodec Codec, JobLimits Limits, TimeProvider Clock, Random Random, JobsMetrics Metrics, ILogger Log)
{
    /// <summary>Transactions for handlers; null if the store has none.</summary>
    internal IHandlerTransactions? Transactions { get; init; }
}

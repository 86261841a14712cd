using Microsoft.Extensions.Logging;

namespace Jobs.Core;

/// <summary>What every run of a process shares.</summary>
internal sealed record RunEnvironment(
    IServiceProvider Services, IPayloadCodec Codec, JobLimits Limits, TimeProvider Clock, Random Random, JobsMetrics Metrics, ILogger Log);

using Microsoft.Extensions.Logging;

namespace Jobs.Core;

/// <summary>Everything an engine is made from, as the builder collected it.</summary>
internal sealed record EngineSettings
{
    internal required IJobStore Store { get; init; }

    internal required TaskRegistry Registry { get; init; }

    internal required IPayloadCodec Codec { get; init; }

    internal required JobLimits Limits { get; init; }

    internal required PartitionLimits Window { get; init; }

    internal required CommitLimits CommitLimits { get; init; }

    internal required IReadOnlyDictionary<QueueName, QueueOptions> Queues { get; init; }

    /// <summary>Limits that the code declares.</summary>
    internal IReadOnlyList<RunLimit> RunLimits { get; init; } = [];

    internal required IReadOnlyList<ScheduleDeclaration> Schedules { get; init; }

    internal required ScheduleOptions ScheduleOptions { get; init; }

    internal required IReadOnlyList<IRunMiddleware> RunMiddleware { get; init; }

    internal required IReadOnlyList<IEnqueueMiddleware> EnqueueMiddleware { get; init; }

    internal required IReadOnlyList<IJobObserver> Observers { get; init; }

    internal required IReadOnlyList<IJobModule> Modules { get; init; }

    internal required IReadOnlyDictionary<string, Func<JobSnapshot, Task>> OnExhausted { get; init; }

    internal required UnknownTaskPolicy OnUnknownTask { get; init; }

    /// <summary>Tasks whose jobs are accepted although this process may have no handler for them, by each of their names.</summary>
    internal IReadOnlyDictionary<string, TaskDefinition> Accepted { get; init; } = new Dictionary<string, TaskDefinition>();

    /// <summary>Durable subscriptions that the code declares.</summary>
    internal IReadOnlyList<Func<DateTimeOffset, StoredSetting>> Subscriptions { get; init; } = [];

    /// <summary>Listeners that the code declares.</summary>
    internal IReadOnlyList<Action<ITopicClient>> Listeners { get; init; } = [];

    internal required bool BindTasks { get; init; }

    internal required bool RunsJobs { get; init; }

    /// <summary>Whether it also runs jobs of partitions that other silos own.</summary>
    internal bool RunsForOthers { get; init; } = true;

    /// <summary>Whether jobs run only when somebody asks for each of them; nothing happens by itself then.</summary>
    internal bool RunsOnDemand { get; init; }

    /// <summary>Names of metrics beside those of the meter.</summary>
    internal MetricNames MetricNames { get; init; }

    /// <summary>The name of the meter; another one for what is not the service's own work.</summary>
    internal string MeterName { get; init; } = JobsMetrics.MeterName;

    internal required string WorkerName { get; init; }

    internal required string CodeVersion { get; init; }

    /// <summary>Whether a start waits for a store that cannot be reached.</summary>
    internal bool WaitForStore { get; init; }

    internal required TimeSpan OwnerLease { get; init; }

    /// <summary>A silence of this process after which others may have taken its partitions over.</summary>
    internal required TimeSpan DoubtAfter { get; init; }

    internal required TimeSpan DrainTime { get; init; }

    internal required TimeSpan StopTime { get; init; }

    internal required TimeProvider Clock { get; init; }

    internal required Random Random { get; init; }

    internal required IServiceProvider Services { get; init; }

    internal required ILogger Log { get; init; }
}

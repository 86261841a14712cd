using Jobs.Conformance.Clients;
using Jobs.Conformance.Engines;

namespace Jobs.Core.Tests.Embedded;

public sealed class EmbeddedLifecycleTests() : LifecycleContract(new EmbeddedFixture());

public sealed class EmbeddedResultTests() : ResultContract(new EmbeddedFixture());

public sealed class EmbeddedRetryTests() : RetryContract(new EmbeddedFixture());

public sealed class EmbeddedOutcomeTests() : OutcomeContract(new EmbeddedFixture());

public sealed class EmbeddedCancelTests() : CancelContract(new EmbeddedFixture());

public sealed class EmbeddedOrderingTests() : OrderingContract(new EmbeddedFixture());

public sealed class EmbeddedUniquenessTests() : UniquenessContract(new EmbeddedFixture());

public sealed class EmbeddedLimitsTests() : LimitsContract(new EmbeddedFixture());

public sealed class EmbeddedBackpressureTests() : BackpressureContract(new EmbeddedFixture());

public sealed class EmbeddedDrainTests() : DrainContract(new EmbeddedFixture());

public sealed class EmbeddedContextTests() : ContextContract(new EmbeddedFixture());

public sealed class EmbeddedMiddlewareTests() : MiddlewareContract(new EmbeddedFixture());

public sealed class EmbeddedRegistryTests() : RegistryContract(new EmbeddedFixture());

public sealed class EmbeddedClientTests() : ClientContract(new EmbeddedFixture());

public sealed class EmbeddedFaultTests() : FaultContract(new EmbeddedFixture());

public sealed class EmbeddedScheduleTests() : ScheduleContract(new EmbeddedFixture());

public sealed class EmbeddedMisfireTests() : MisfireContract(new EmbeddedFixture());

public sealed class EmbeddedCodecTests() : CodecContract(new EmbeddedFixture());

public sealed class EmbeddedEncryptionTests() : EncryptionContract(new EmbeddedFixture());

public sealed class EmbeddedRenameTests() : RenameContract(new EmbeddedFixture());

public sealed class EmbeddedCodeVersionTests() : CodeVersionContract(new EmbeddedFixture());

public sealed class EmbeddedHistoryTests() : HistoryContract(new EmbeddedFixture());

public sealed class EmbeddedBulkTests() : BulkContract(new EmbeddedFixture());

public sealed class EmbeddedTraceTests() : TraceContract(new EmbeddedFixture());

public sealed class EmbeddedStatisticsTests() : StatisticsContract(new EmbeddedFixture());

public sealed class EmbeddedPauseTests() : PauseContract(new EmbeddedFixture());

public sealed class EmbeddedWorkerTests() : WorkerContract(new EmbeddedFixture());

public sealed class EmbeddedLeaseTests() : LeaseContract(new EmbeddedFixture());

public sealed class EmbeddedLeaseSharingTests() : LeaseSharingContract(new EmbeddedFixture());

public sealed class EmbeddedLogTests() : LogContract(new EmbeddedFixture());

public sealed class EmbeddedMetricsTests() : MetricsContract(new EmbeddedFixture());

public sealed class EmbeddedTopicTests() : TopicContract(new EmbeddedFixture());

public sealed class EmbeddedReconfigureTests() : ReconfigureContract(new EmbeddedFixture());

public sealed class EmbeddedRunLimitTests() : RunLimitContract(new EmbeddedFixture());

public sealed class EmbeddedRunLimitChangeTests() : RunLimitChangeContract(new EmbeddedFixture());

public sealed class EmbeddedRunRateTests() : RunRateContract(new EmbeddedFixture());

public sealed class EmbeddedQueueDefaultsTests() : QueueDefaultsContract(new EmbeddedFixture());

using Jobs.Conformance.Clients;
using Jobs.Conformance.Engines;

namespace Jobs.Cluster.Tests.Cluster;

public sealed class MemoryClusterClientTests() : ClientContract(new MemoryClusterFixture());

public sealed class MemoryClusterLifecycleTests() : LifecycleContract(new MemoryClusterFixture());

public sealed class MemoryClusterResultTests() : ResultContract(new MemoryClusterFixture());

public sealed class MemoryClusterRetryTests() : RetryContract(new MemoryClusterFixture());

public sealed class MemoryClusterOutcomeTests() : OutcomeContract(new MemoryClusterFixture());

public sealed class MemoryClusterCancelTests() : CancelContract(new MemoryClusterFixture());

public sealed class MemoryClusterOrderingTests() : OrderingContract(new MemoryClusterFixture());

public sealed class MemoryClusterUniquenessTests() : UniquenessContract(new MemoryClusterFixture());

public sealed class MemoryClusterLimitsTests() : LimitsContract(new MemoryClusterFixture());

public sealed class MemoryClusterBackpressureTests() : BackpressureContract(new MemoryClusterFixture());

public sealed class MemoryClusterContextTests() : ContextContract(new MemoryClusterFixture());

public sealed class MemoryClusterMiddlewareTests() : MiddlewareContract(new MemoryClusterFixture());

public sealed class MemoryClusterRegistryTests() : RegistryContract(new MemoryClusterFixture());

public sealed class MemoryClusterScheduleTests() : ScheduleContract(new MemoryClusterFixture());

public sealed class MemoryClusterMisfireTests() : MisfireContract(new MemoryClusterFixture());

public sealed class MemoryClusterTraceTests() : TraceContract(new MemoryClusterFixture());

public sealed class MemoryClusterCodeVersionTests() : CodeVersionContract(new MemoryClusterFixture());

public sealed class MemoryClusterRenameTests() : RenameContract(new MemoryClusterFixture());

public sealed class MemoryClusterCodecTests() : CodecContract(new MemoryClusterFixture());

public sealed class MemoryClusterEncryptionTests() : EncryptionContract(new MemoryClusterFixture());

public sealed class MemoryClusterDrainTests() : DrainContract(new MemoryClusterFixture());

public sealed class MemoryClusterStatisticsTests() : StatisticsContract(new MemoryClusterFixture());

public sealed class MemoryClusterHistoryTests() : HistoryContract(new MemoryClusterFixture());

public sealed class MemoryClusterBulkTests() : BulkContract(new MemoryClusterFixture());

public sealed class MemoryClusterPauseTests() : PauseContract(new MemoryClusterFixture());

public sealed class MemoryClusterWorkerTests() : WorkerContract(new MemoryClusterFixture());

public sealed class MemoryClusterRunLimitTests() : RunLimitContract(new MemoryClusterFixture());

public sealed class MemoryClusterRunLimitChangeTests() : RunLimitChangeContract(new MemoryClusterFixture());

public sealed class MemoryClusterRunRateTests() : RunRateContract(new MemoryClusterFixture());

public sealed class MemoryClusterQueueDefaultsTests() : QueueDefaultsContract(new MemoryClusterFixture());

public sealed class MemoryClusterLeaseTests() : LeaseContract(new MemoryClusterFixture());

public sealed class MemoryClusterLeaseSharingTests() : LeaseSharingContract(new MemoryClusterFixture());

public sealed class MemoryClusterTopicTests() : TopicContract(new MemoryClusterFixture());

public sealed class MemoryClusterReconfigureTests() : ReconfigureContract(new MemoryClusterFixture());

public sealed class MemoryClusterLogTests() : LogContract(new MemoryClusterFixture());

public sealed class MemoryClusterMetricsTests() : MetricsContract(new MemoryClusterFixture());

public sealed class MemoryClusterFaultTests() : FaultContract(new MemoryClusterFixture());

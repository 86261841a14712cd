using Jobs.Conformance.Clients;
using Jobs.Conformance.Engines;
using Jobs.Postgres.Tests;

namespace Jobs.Cluster.Tests.Cluster;

public sealed class PostgresClusterResultTests(PostgresFixture postgres) : ResultContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterUniquenessTests(PostgresFixture postgres) : UniquenessContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterClientTests(PostgresFixture postgres) : ClientContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterScheduleTests(PostgresFixture postgres) : ScheduleContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterMisfireTests(PostgresFixture postgres) : MisfireContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterTraceTests(PostgresFixture postgres) : TraceContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterHistoryTests(PostgresFixture postgres) : HistoryContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterCodeVersionTests(PostgresFixture postgres) : CodeVersionContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterDrainTests(PostgresFixture postgres) : DrainContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterPauseTests(PostgresFixture postgres) : PauseContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterWorkerTests(PostgresFixture postgres) : WorkerContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterRunLimitTests(PostgresFixture postgres) : RunLimitContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterRunLimitChangeTests(PostgresFixture postgres) : RunLimitChangeContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterRunRateTests(PostgresFixture postgres) : RunRateContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterQueueDefaultsTests(PostgresFixture postgres) : QueueDefaultsContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterLeaseTests(PostgresFixture postgres) : LeaseContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterLeaseSharingTests(PostgresFixture postgres) : LeaseSharingContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterTopicTests(PostgresFixture postgres) : TopicContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterReconfigureTests(PostgresFixture postgres) : ReconfigureContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterLifecycleTests(PostgresFixture postgres) : LifecycleContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterRetryTests(PostgresFixture postgres) : RetryContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterOutcomeTests(PostgresFixture postgres) : OutcomeContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterCancelTests(PostgresFixture postgres) : CancelContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterOrderingTests(PostgresFixture postgres) : OrderingContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterLimitsTests(PostgresFixture postgres) : LimitsContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterBackpressureTests(PostgresFixture postgres) : BackpressureContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterContextTests(PostgresFixture postgres) : ContextContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterMiddlewareTests(PostgresFixture postgres) : MiddlewareContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterRegistryTests(PostgresFixture postgres) : RegistryContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterRenameTests(PostgresFixture postgres) : RenameContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterCodecTests(PostgresFixture postgres) : CodecContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterEncryptionTests(PostgresFixture postgres) : EncryptionContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterStatisticsTests(PostgresFixture postgres) : StatisticsContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterBulkTests(PostgresFixture postgres) : BulkContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterLogTests(PostgresFixture postgres) : LogContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterMetricsTests(PostgresFixture postgres) : MetricsContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterFaultTests(PostgresFixture postgres) : FaultContract(new PostgresClusterFixture(postgres));

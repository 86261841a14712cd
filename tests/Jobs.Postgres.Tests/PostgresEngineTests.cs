using Jobs.Conformance.Clients;
using Jobs.Conformance.Engines;

namespace Jobs.Postgres.Tests;

public sealed class PostgresLifecycleTests(PostgresFixture postgres) : LifecycleContract(new PostgresEngineFixture(postgres));

public sealed class PostgresResultTests(PostgresFixture postgres) : ResultContract(new PostgresEngineFixture(postgres));

public sealed class PostgresRetryTests(PostgresFixture postgres) : RetryContract(new PostgresEngineFixture(postgres));

public sealed class PostgresOutcomeTests(PostgresFixture postgres) : OutcomeContract(new PostgresEngineFixture(postgres));

public sealed class PostgresCancelTests(PostgresFixture postgres) : CancelContract(new PostgresEngineFixture(postgres));

public sealed class PostgresOrderingTests(PostgresFixture postgres) : OrderingContract(new PostgresEngineFixture(postgres));

public sealed class PostgresUniquenessTests(PostgresFixture postgres) : UniquenessContract(new PostgresEngineFixture(postgres));

public sealed class PostgresLimitsTests(PostgresFixture postgres) : LimitsContract(new PostgresEngineFixture(postgres));

public sealed class PostgresBackpressureTests(PostgresFixture postgres) : BackpressureContract(new PostgresEngineFixture(postgres));

public sealed class PostgresDrainTests(PostgresFixture postgres) : DrainContract(new PostgresEngineFixture(postgres));

public sealed class PostgresContextTests(PostgresFixture postgres) : ContextContract(new PostgresEngineFixture(postgres));

public sealed class PostgresMiddlewareTests(PostgresFixture postgres) : MiddlewareContract(new PostgresEngineFixture(postgres));

public sealed class PostgresRegistryTests(PostgresFixture postgres) : RegistryContract(new PostgresEngineFixture(postgres));

public sealed class PostgresClientTests(PostgresFixture postgres) : ClientContract(new PostgresEngineFixture(postgres));

public sealed class PostgresFaultTests(PostgresFixture postgres) : FaultContract(new PostgresEngineFixture(postgres));

public sealed class PostgresCodecTests(PostgresFixture postgres) : CodecContract(new PostgresEngineFixture(postgres));

public sealed class PostgresEncryptionTests(PostgresFixture postgres) : EncryptionContract(new PostgresEngineFixture(postgres));

public sealed class PostgresRenameTests(PostgresFixture postgres) : RenameContract(new PostgresEngineFixture(postgres));

public sealed class PostgresEngineHistoryTests(PostgresFixture postgres) : HistoryContract(new PostgresEngineFixture(postgres));

public sealed class PostgresCodeVersionTests(PostgresFixture postgres) : CodeVersionContract(new PostgresEngineFixture(postgres));

public sealed class PostgresBulkTests(PostgresFixture postgres) : BulkContract(new PostgresEngineFixture(postgres));

public sealed class PostgresTraceTests(PostgresFixture postgres) : TraceContract(new PostgresEngineFixture(postgres));

public sealed class PostgresStatisticsTests(PostgresFixture postgres) : StatisticsContract(new PostgresEngineFixture(postgres));

public sealed class PostgresTakeoverTests(PostgresFixture postgres) : TakeoverContract(new PostgresEngineFixture(postgres));

public sealed class PostgresScheduleTests(PostgresFixture postgres) : ScheduleContract(new PostgresEngineFixture(postgres));

public sealed class PostgresMisfireTests(PostgresFixture postgres) : MisfireContract(new PostgresEngineFixture(postgres));

public sealed class PostgresPauseTests(PostgresFixture postgres) : PauseContract(new PostgresEngineFixture(postgres));

public sealed class PostgresWorkerTests(PostgresFixture postgres) : WorkerContract(new PostgresEngineFixture(postgres));

public sealed class PostgresLeaseTests(PostgresFixture postgres) : LeaseContract(new PostgresEngineFixture(postgres));

public sealed class PostgresLeaseSharingTests(PostgresFixture postgres) : LeaseSharingContract(new PostgresEngineFixture(postgres));

public sealed class PostgresLogTests(PostgresFixture postgres) : LogContract(new PostgresEngineFixture(postgres));

public sealed class PostgresMetricsTests(PostgresFixture postgres) : MetricsContract(new PostgresEngineFixture(postgres));

public sealed class PostgresTopicTests(PostgresFixture postgres) : TopicContract(new PostgresEngineFixture(postgres));

public sealed class PostgresReconfigureTests(PostgresFixture postgres) : ReconfigureContract(new PostgresEngineFixture(postgres));

public sealed class PostgresRunLimitTests(PostgresFixture postgres) : RunLimitContract(new PostgresEngineFixture(postgres));

public sealed class PostgresRunLimitChangeTests(PostgresFixture postgres) : RunLimitChangeContract(new PostgresEngineFixture(postgres));

public sealed class PostgresRunRateTests(PostgresFixture postgres) : RunRateContract(new PostgresEngineFixture(postgres));

public sealed class PostgresQueueDefaultsTests(PostgresFixture postgres) : QueueDefaultsContract(new PostgresEngineFixture(postgres));

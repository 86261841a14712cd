using Jobs.Conformance.Clients;
using Jobs.Conformance.Engines;

namespace Jobs.Sqlite.Tests;

public sealed class SqliteEngineLifecycleTests() : LifecycleContract(new SqliteEngineFixture());

public sealed class SqliteEngineResultTests() : ResultContract(new SqliteEngineFixture());

public sealed class SqliteEngineRetryTests() : RetryContract(new SqliteEngineFixture());

public sealed class SqliteEngineOutcomeTests() : OutcomeContract(new SqliteEngineFixture());

public sealed class SqliteEngineCancelTests() : CancelContract(new SqliteEngineFixture());

public sealed class SqliteEngineOrderingTests() : OrderingContract(new SqliteEngineFixture());

public sealed class SqliteEngineUniquenessTests() : UniquenessContract(new SqliteEngineFixture());

public sealed class SqliteEngineLimitsTests() : LimitsContract(new SqliteEngineFixture());

public sealed class SqliteEngineBackpressureTests() : BackpressureContract(new SqliteEngineFixture());

public sealed class SqliteEngineDrainTests() : DrainContract(new SqliteEngineFixture());

public sealed class SqliteEngineContextTests() : ContextContract(new SqliteEngineFixture());

public sealed class SqliteEngineMiddlewareTests() : MiddlewareContract(new SqliteEngineFixture());

public sealed class SqliteEngineRegistryTests() : RegistryContract(new SqliteEngineFixture());

public sealed class SqliteEngineClientTests() : ClientContract(new SqliteEngineFixture());

public sealed class SqliteEngineFaultTests() : FaultContract(new SqliteEngineFixture());

public sealed class SqliteEngineCodecTests() : CodecContract(new SqliteEngineFixture());

public sealed class SqliteEngineEncryptionTests() : EncryptionContract(new SqliteEngineFixture());

public sealed class SqliteEngineRenameTests() : RenameContract(new SqliteEngineFixture());

public sealed class SqliteEngineHistoryTests() : HistoryContract(new SqliteEngineFixture());

public sealed class SqliteEngineCodeVersionTests() : CodeVersionContract(new SqliteEngineFixture());

public sealed class SqliteEngineBulkTests() : BulkContract(new SqliteEngineFixture());

public sealed class SqliteEngineTraceTests() : TraceContract(new SqliteEngineFixture());

public sealed class SqliteEngineStatisticsTests() : StatisticsContract(new SqliteEngineFixture());

public sealed class SqliteTakeoverTests() : TakeoverContract(new SqliteEngineFixture());

public sealed class SqliteEngineScheduleTests() : ScheduleContract(new SqliteEngineFixture());

public sealed class SqliteEngineMisfireTests() : MisfireContract(new SqliteEngineFixture());

public sealed class SqliteEnginePauseTests() : PauseContract(new SqliteEngineFixture());

public sealed class SqliteEngineWorkerTests() : WorkerContract(new SqliteEngineFixture());

public sealed class SqliteEngineLeaseTests() : LeaseContract(new SqliteEngineFixture());

public sealed class SqliteEngineLeaseSharingTests() : LeaseSharingContract(new SqliteEngineFixture());

public sealed class SqliteEngineLogTests() : LogContract(new SqliteEngineFixture());

public sealed class SqliteEngineMetricsTests() : MetricsContract(new SqliteEngineFixture());

public sealed class SqliteEngineTopicTests() : TopicContract(new SqliteEngineFixture());

public sealed class SqliteEngineReconfigureTests() : ReconfigureContract(new SqliteEngineFixture());

public sealed class SqliteEngineRunLimitTests() : RunLimitContract(new SqliteEngineFixture());

public sealed class SqliteEngineRunLimitChangeTests() : RunLimitChangeContract(new SqliteEngineFixture());

public sealed class SqliteEngineRunRateTests() : RunRateContract(new SqliteEngineFixture());

public sealed class SqliteEngineQueueDefaultsTests() : QueueDefaultsContract(new SqliteEngineFixture());

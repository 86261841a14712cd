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

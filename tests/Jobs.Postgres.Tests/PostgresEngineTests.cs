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

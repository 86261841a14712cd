using Jobs.Conformance.Stores;

namespace Jobs.Postgres.Tests;

public sealed class PostgresStoreInsertTests(PostgresFixture postgres) : InsertContract(new PostgresStoreFixture(postgres));

public sealed class PostgresStoreCommitTests(PostgresFixture postgres) : CommitContract(new PostgresStoreFixture(postgres));

public sealed class PostgresStoreFencingTests(PostgresFixture postgres) : FencingContract(new PostgresStoreFixture(postgres));

public sealed class PostgresStorePageTests(PostgresFixture postgres) : PageContract(new PostgresStoreFixture(postgres));

public sealed class PostgresStoreQueryTests(PostgresFixture postgres) : QueryContract(new PostgresStoreFixture(postgres));

public sealed class PostgresStorePruneTests(PostgresFixture postgres) : PruneContract(new PostgresStoreFixture(postgres));

public sealed class PostgresOwnershipTests(PostgresFixture postgres) : OwnershipContract(new PostgresStoreFixture(postgres));

public sealed class PostgresSharingTests(PostgresFixture postgres) : SharingContract(new PostgresStoreFixture(postgres));

public sealed class PostgresScheduleStoreTests(PostgresFixture postgres) : ScheduleStoreContract(new PostgresStoreFixture(postgres));

public sealed class PostgresSettingStoreTests(PostgresFixture postgres) : SettingStoreContract(new PostgresStoreFixture(postgres));

using Jobs.Conformance.Stores;

namespace Jobs.Sqlite.Tests;

public sealed class SqliteInsertTests() : InsertContract(new SqliteStoreFixture());

public sealed class SqliteCommitTests() : CommitContract(new SqliteStoreFixture());

public sealed class SqliteFencingTests() : FencingContract(new SqliteStoreFixture());

public sealed class SqlitePageTests() : PageContract(new SqliteStoreFixture());

public sealed class SqliteQueryTests() : QueryContract(new SqliteStoreFixture());

public sealed class SqlitePruneTests() : PruneContract(new SqliteStoreFixture());

public sealed class SqliteOwnershipTests() : OwnershipContract(new SqliteStoreFixture());

public sealed class SqliteScheduleStoreTests() : ScheduleStoreContract(new SqliteStoreFixture());

public sealed class SqliteSettingStoreTests() : SettingStoreContract(new SqliteStoreFixture());

public sealed class SqliteSharingTests() : SharingContract(new SqliteStoreFixture());

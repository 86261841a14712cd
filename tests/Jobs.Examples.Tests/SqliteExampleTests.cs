using Jobs.Examples.Dispatch;
using Jobs.Examples.Handlers;
using Jobs.Examples.Queue;
using Jobs.Examples.Tasks;
using Jobs.Examples.Topics;
using Jobs.Sqlite.Tests;

namespace Jobs.Examples.Tests;

public sealed class SqliteTopicsExampleTests() : TopicsExampleContract(new SqliteEngineFixture());

public sealed class SqliteDispatchExampleTests() : DispatchExampleContract(new SqliteEngineFixture());

public sealed class SqliteTasksExampleTests() : TasksExampleContract(new SqliteEngineFixture());

public sealed class SqliteQueueExampleTests() : QueueExampleContract(new SqliteEngineFixture());

public sealed class SqliteNightsExampleTests() : NightsExampleContract(new SqliteEngineFixture());

public sealed class SqliteHandlersExampleTests() : HandlersExampleContract(new SqliteEngineFixture());

public sealed class SqlitePullingExampleTests() : PullingExampleContract(new SqliteEngineFixture());

public sealed class SqliteNoticeBoardExampleTests() : NoticeBoardExampleContract(new SqliteEngineFixture());

public sealed class SqliteUpgradeExampleTests() : UpgradeExampleContract(new SqliteEngineFixture());

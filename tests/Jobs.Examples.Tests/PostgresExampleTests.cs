using Jobs.Examples.Dispatch;
using Jobs.Examples.Handlers;
using Jobs.Examples.Queue;
using Jobs.Examples.Tasks;
using Jobs.Examples.Tests.Checkout;
using Jobs.Examples.Topics;
using Jobs.Postgres.Tests;

namespace Jobs.Examples.Tests;

public sealed class PostgresTopicsExampleTests(PostgresFixture postgres) : TopicsExampleContract(new PostgresEngineFixture(postgres));

public sealed class PostgresDispatchExampleTests(PostgresFixture postgres) : DispatchExampleContract(new PostgresEngineFixture(postgres));

public sealed class PostgresTasksExampleTests(PostgresFixture postgres) : TasksExampleContract(new PostgresEngineFixture(postgres));

public sealed class PostgresQueueExampleTests(PostgresFixture postgres) : QueueExampleContract(new PostgresEngineFixture(postgres));

public sealed class PostgresNightsExampleTests(PostgresFixture postgres) : NightsExampleContract(new PostgresEngineFixture(postgres));

public sealed class PostgresHandlersExampleTests(PostgresFixture postgres) : HandlersExampleContract(new PostgresEngineFixture(postgres));

public sealed class PostgresPullingExampleTests(PostgresFixture postgres) : PullingExampleContract(new PostgresEngineFixture(postgres));

public sealed class PostgresNoticeBoardExampleTests(PostgresFixture postgres) : NoticeBoardExampleContract(new PostgresEngineFixture(postgres));

public sealed class CheckoutExampleTests(PostgresFixture postgres) : CheckoutExampleContract(postgres, s => new PostgresEngineFixture(postgres, s));

public sealed class PostgresUpgradeExampleTests(PostgresFixture postgres) : UpgradeExampleContract(new PostgresEngineFixture(postgres));

using Jobs.Cluster.Tests.Cluster;
using Jobs.Examples.Dispatch;
using Jobs.Examples.Handlers;
using Jobs.Examples.Queue;
using Jobs.Examples.Tasks;
using Jobs.Examples.Topics;
using Jobs.Examples.Tests.Checkout;
using Jobs.Postgres.Tests;

namespace Jobs.Cluster.Tests.Examples;

public sealed class PostgresClusterTopicsExampleTests(PostgresFixture postgres) : TopicsExampleContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterDispatchExampleTests(PostgresFixture postgres) : DispatchExampleContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterTasksExampleTests(PostgresFixture postgres) : TasksExampleContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterQueueExampleTests(PostgresFixture postgres) : QueueExampleContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterNightsExampleTests(PostgresFixture postgres) : NightsExampleContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterHandlersExampleTests(PostgresFixture postgres) : HandlersExampleContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterPullingExampleTests(PostgresFixture postgres) : PullingExampleContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterNoticeBoardExampleTests(PostgresFixture postgres) : NoticeBoardExampleContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterUpgradeExampleTests(PostgresFixture postgres) : UpgradeExampleContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterCheckoutExampleTests(PostgresFixture server) : CheckoutExampleContract(server, s => new PostgresClusterFixture(server, s));

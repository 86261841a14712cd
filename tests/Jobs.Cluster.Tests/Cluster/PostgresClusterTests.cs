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

public sealed class PostgresClusterCodeVersionTests(PostgresFixture postgres) : CodeVersionContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterDrainTests(PostgresFixture postgres) : DrainContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterPauseTests(PostgresFixture postgres) : PauseContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterRunLimitTests(PostgresFixture postgres) : RunLimitContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterRunLimitChangeTests(PostgresFixture postgres) : RunLimitChangeContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterRunRateTests(PostgresFixture postgres) : RunRateContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterQueueDefaultsTests(PostgresFixture postgres) : QueueDefaultsContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterLeaseTests(PostgresFixture postgres) : LeaseContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterLeaseSharingTests(PostgresFixture postgres) : LeaseSharingContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterTopicTests(PostgresFixture postgres) : TopicContract(new PostgresClusterFixture(postgres));

public sealed class PostgresClusterReconfigureTests(PostgresFixture postgres) : ReconfigureContract(new PostgresClusterFixture(postgres));

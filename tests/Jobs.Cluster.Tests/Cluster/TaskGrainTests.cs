using Jobs.Conformance.Clients;
using Jobs.Conformance.Engines;

namespace Jobs.Cluster.Tests.Cluster;

public sealed class TaskGrainClientTests() : ClientContract(new TaskGrainFixture());

public sealed class TaskGrainLifecycleTests() : LifecycleContract(new TaskGrainFixture());

public sealed class TaskGrainCancelTests() : CancelContract(new TaskGrainFixture());

public sealed class TaskGrainUniquenessTests() : UniquenessContract(new TaskGrainFixture());

public sealed class TaskGrainResultTests() : ResultContract(new TaskGrainFixture());

public sealed class TaskGrainRetryTests() : RetryContract(new TaskGrainFixture());

public sealed class TaskGrainLimitsTests() : LimitsContract(new TaskGrainFixture());

using Jobs.Conformance.Clients;
using Jobs.Conformance.Engines;

namespace Jobs.Cluster.Tests.Cluster;

public sealed class TaskGrainClientTests() : ClientContract(new TaskGrainFixture());

public sealed class TaskGrainLifecycleTests() : LifecycleContract(new TaskGrainFixture());

public sealed class TaskGrainCancelTests() : CancelContract(new TaskGrainFixture());

public sealed class TaskGrainUniquenessTests() : UniquenessContract(new TaskGrainFixture());

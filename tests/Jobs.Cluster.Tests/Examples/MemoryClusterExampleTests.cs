using Jobs.Cluster.Tests.Cluster;
using Jobs.Examples.Dispatch;
using Jobs.Examples.Handlers;
using Jobs.Examples.Queue;
using Jobs.Examples.Tasks;
using Jobs.Examples.Topics;

namespace Jobs.Cluster.Tests.Examples;

public sealed class MemoryClusterTopicsExampleTests() : TopicsExampleContract(new MemoryClusterFixture());

public sealed class MemoryClusterDispatchExampleTests() : DispatchExampleContract(new MemoryClusterFixture());

public sealed class MemoryClusterTasksExampleTests() : TasksExampleContract(new MemoryClusterFixture());

public sealed class MemoryClusterQueueExampleTests() : QueueExampleContract(new MemoryClusterFixture());

public sealed class MemoryClusterNightsExampleTests() : NightsExampleContract(new MemoryClusterFixture());

public sealed class MemoryClusterHandlersExampleTests() : HandlersExampleContract(new MemoryClusterFixture());

public sealed class MemoryClusterPullingExampleTests() : PullingExampleContract(new MemoryClusterFixture());

public sealed class MemoryClusterNoticeBoardExampleTests() : NoticeBoardExampleContract(new MemoryClusterFixture());

public sealed class MemoryClusterUpgradeExampleTests() : UpgradeExampleContract(new MemoryClusterFixture());

using Jobs.Core.Tests.Embedded;
using Jobs.Examples.Dispatch;
using Jobs.Examples.Handlers;
using Jobs.Examples.Queue;
using Jobs.Examples.Tasks;
using Jobs.Examples.Topics;

namespace Jobs.Examples.Tests;

public sealed class EmbeddedTopicsExampleTests() : TopicsExampleContract(new EmbeddedFixture());

public sealed class EmbeddedDispatchExampleTests() : DispatchExampleContract(new EmbeddedFixture());

public sealed class EmbeddedTasksExampleTests() : TasksExampleContract(new EmbeddedFixture());

public sealed class EmbeddedQueueExampleTests() : QueueExampleContract(new EmbeddedFixture());

public sealed class EmbeddedNightsExampleTests() : NightsExampleContract(new EmbeddedFixture());

public sealed class EmbeddedHandlersExampleTests() : HandlersExampleContract(new EmbeddedFixture());

public sealed class EmbeddedPullingExampleTests() : PullingExampleContract(new EmbeddedFixture());

public sealed class EmbeddedNoticeBoardExampleTests() : NoticeBoardExampleContract(new EmbeddedFixture());

public sealed class EmbeddedUpgradeExampleTests() : UpgradeExampleContract(new EmbeddedFixture());

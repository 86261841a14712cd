using Jobs.Conformance.Engines;

namespace Jobs.Core.Tests.Embedded;

public sealed class EmbeddedLifecycleTests() : LifecycleContract(new EmbeddedFixture());

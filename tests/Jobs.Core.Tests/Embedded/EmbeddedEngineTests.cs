using Jobs.Conformance.Clients;
using Jobs.Conformance.Engines;

namespace Jobs.Core.Tests.Embedded;

public sealed class EmbeddedLifecycleTests() : LifecycleContract(new EmbeddedFixture());

public sealed class EmbeddedResultTests() : ResultContract(new EmbeddedFixture());

public sealed class EmbeddedRetryTests() : RetryContract(new EmbeddedFixture());

public sealed class EmbeddedOutcomeTests() : OutcomeContract(new EmbeddedFixture());

public sealed class EmbeddedCancelTests() : CancelContract(new EmbeddedFixture());

public sealed class EmbeddedOrderingTests() : OrderingContract(new EmbeddedFixture());

public sealed class EmbeddedUniquenessTests() : UniquenessContract(new EmbeddedFixture());

public sealed class EmbeddedLimitsTests() : LimitsContract(new EmbeddedFixture());

public sealed class EmbeddedBackpressureTests() : BackpressureContract(new EmbeddedFixture());

public sealed class EmbeddedDrainTests() : DrainContract(new EmbeddedFixture());

public sealed class EmbeddedContextTests() : ContextContract(new EmbeddedFixture());

public sealed class EmbeddedMiddlewareTests() : MiddlewareContract(new EmbeddedFixture());

public sealed class EmbeddedRegistryTests() : RegistryContract(new EmbeddedFixture());

public sealed class EmbeddedClientTests() : ClientContract(new EmbeddedFixture());

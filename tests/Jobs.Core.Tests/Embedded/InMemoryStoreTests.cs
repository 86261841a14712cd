using Jobs.Conformance;
using Jobs.Conformance.Stores;

namespace Jobs.Core.Tests.Embedded;

public sealed class InMemoryInsertTests() : InsertContract(new InMemoryStoreFixture());

public sealed class InMemoryCommitTests() : CommitContract(new InMemoryStoreFixture());

public sealed class InMemoryFencingTests() : FencingContract(new InMemoryStoreFixture());

public sealed class InMemoryPageTests() : PageContract(new InMemoryStoreFixture());

public sealed class InMemoryQueryTests() : QueryContract(new InMemoryStoreFixture());

public sealed class InMemoryPruneTests() : PruneContract(new InMemoryStoreFixture());

public sealed class InMemorySharingTests() : SharingContract(new InMemoryStoreFixture());

public sealed class InMemoryScheduleStoreTests() : ScheduleStoreContract(new InMemoryStoreFixture());

public sealed class InMemorySettingStoreTests() : SettingStoreContract(new InMemoryStoreFixture());

internal sealed class InMemoryStoreFixture : IStoreFixture
{
    public ValueTask<IJobStore> CreateAsync() => new(new InMemoryJobStore());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

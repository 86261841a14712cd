using Jobs.Core;

namespace Jobs.Conformance;

/// <summary>Makes stores for the suites. One fixture serves one test.</summary>
public interface IStoreFixture : IAsyncDisposable
{
    /// <summary>A store that holds nothing yet; a second one of the same fixture, if it is durable, is on the same data.</summary>
    ValueTask<IJobStore> CreateAsync();
}

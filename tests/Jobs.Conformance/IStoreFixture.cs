using Jobs.Core;

namespace Jobs.Conformance;

/// <summary>Makes stores for the suites. One fixture serves one test.</summary>
public interface IStoreFixture : IAsyncDisposable
{
    /// <summary>A store that holds nothing yet.</summary>
    ValueTask<IJobStore> CreateAsync();
}

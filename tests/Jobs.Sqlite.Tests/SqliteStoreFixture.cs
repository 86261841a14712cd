using Jobs.Conformance;
using Jobs.Core;

namespace Jobs.Sqlite.Tests;

/// <summary>A store on a file of its own.</summary>
internal sealed class SqliteStoreFixture : IStoreFixture
{
    private readonly TempFolder _folder = new();

    public ValueTask<IJobStore> CreateAsync() => new(new SqliteJobStore(_folder["jobs.db"]));

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

using Jobs.Conformance;
using Jobs.Core;

namespace Jobs.Sqlite.Tests;

/// <summary>Embedded engines, each with a store of its own on the same file.</summary>
internal sealed class SqliteEngineFixture : IEngineFixture
{
    private readonly TempFolder _folder = new();

    public EngineCapabilities Capabilities { get; } = new(IsDurable: true, KeepsJobsOverRestart: true);

    public ITestEngine Create(Action<JobsBuilder> configure, TimeProvider clock, IServiceProvider? services) => new EmbeddedTestEngine(EmbeddedJobs.Create(
        builder =>
        {
            builder.UseSqlite(_folder["jobs.db"]);
            configure(builder);
        },
        services));

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

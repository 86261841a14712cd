using Jobs.Conformance;
using Jobs.Core;

namespace Jobs.Postgres.Tests;

/// <summary>Embedded engines, each with connections of its own, on one schema.</summary>
internal sealed class PostgresEngineFixture(PostgresFixture postgres, string? schema = null) : IEngineFixture
{
    private readonly string _schema = schema ?? PostgresFixture.NewSchema();

    public EngineCapabilities Capabilities { get; } = new(IsDurable: true, KeepsJobsOverRestart: true, HasManyOwners: true);

    public ITestEngine Create(Action<JobsBuilder> configure, TimeProvider clock, IServiceProvider? services) => new EmbeddedTestEngine(EmbeddedJobs.Create(
        builder =>
        {
            builder.UsePostgres(postgres.Require(), options => options.Schema = _schema);
            configure(builder);
        },
        services));

    public ValueTask DisposeAsync() => postgres.DropAsync(_schema);
}

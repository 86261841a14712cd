using Jobs.Conformance;
using Jobs.Core;
using Jobs.Postgres.Tests;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Clusters whose silos have connections of their own to one schema.</summary>
internal sealed class PostgresClusterFixture(PostgresFixture postgres, string? schema = null) : IEngineFixture
{
    internal string Schema { get; } = schema ?? PostgresFixture.NewSchema();

    public EngineCapabilities Capabilities { get; } = new(
        IsDurable: true, KeepsJobsOverRestart: true, ChecksTasksOfNothing: false, IsOneProcess: false, AreNodes: false,
        AsksAnotherOwner: true);

    public ITestEngine Create(Action<JobsBuilder> configure, TimeProvider clock, IServiceProvider? services)
    {
        var connection = postgres.Require();
        return new TestSilos(
            jobs =>
            {
                jobs.UsePostgres(connection, options => options.Schema = Schema);
                jobs.OnUnknownTask = UnknownTaskPolicy.Reject;
                jobs.RunsForOthers = false;
                configure(jobs);
            },
            () => throw new InvalidOperationException("The store is PostgreSQL."),
            clock,
            services);
    }

    public ValueTask DisposeAsync() => postgres.DropAsync(Schema);
}

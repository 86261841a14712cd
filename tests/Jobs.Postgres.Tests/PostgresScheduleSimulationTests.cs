using Jobs.Conformance.Schedules;

namespace Jobs.Postgres.Tests;

/// <summary>Schedules in a schema of their own, with a process that keeps dying.</summary>
public sealed class PostgresScheduleSimulationTests(PostgresFixture postgres) : IAsyncDisposable
{
    private readonly string _schema = PostgresFixture.NewSchema();

    [Fact]
    public async Task Ten_days_of_schedules_fire_exactly_what_is_expected()
    {
        var server = postgres.Require();
        await using var simulation = new ScheduleSimulation(
            () => new PostgresJobStore(server, new PostgresOptions { Schema = _schema }), seed: 6, schedules: 25, days: 10);
        await simulation.RunAsync();
    }

    public ValueTask DisposeAsync() => postgres.DropAsync(_schema);
}

using Jobs.Conformance.Schedules;

namespace Jobs.Sqlite.Tests;

/// <summary>Schedules on a file, with a process that keeps dying.</summary>
public sealed class SqliteScheduleSimulationTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Ten_days_of_schedules_fire_exactly_what_is_expected()
    {
        var options = new SqliteOptions { Synchronous = SqliteSynchronous.Normal };
        await using var simulation = new ScheduleSimulation(() => new SqliteJobStore(_folder["jobs.db"], options), seed: 5, schedules: 25, days: 10);
        await simulation.RunAsync();
    }

    public void Dispose() => _folder.Dispose();
}

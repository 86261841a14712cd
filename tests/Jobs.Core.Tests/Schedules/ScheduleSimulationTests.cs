using System.Globalization;
using Jobs.Conformance.Schedules;

namespace Jobs.Core.Tests.Schedules;

/// <summary>A virtual year of many schedules, with a process that keeps dying.</summary>
public sealed class ScheduleSimulationTests
{
    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("JOBS_TEST_SEED") ?? "20300507", CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_year_of_1000_schedules_fires_exactly_what_is_expected()
    {
        var store = new InMemoryJobStore();
        await using var simulation = new ScheduleSimulation(() => store, Seed, schedules: 1000, days: 365);
        await simulation.RunAsync();
        Assert.Equal(1000, simulation.Schedules);
        Assert.InRange(simulation.Deaths, 100, int.MaxValue);
        Assert.InRange(simulation.DeathsWhileFiring, 50, int.MaxValue);
        Assert.InRange(simulation.Occurrences, 50_000, int.MaxValue);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_month_of_a_few_schedules_with_many_deaths_fires_exactly_what_is_expected(int seed)
    {
        var store = new InMemoryJobStore();
        await using var simulation = new ScheduleSimulation(() => store, Seed + seed, schedules: 40, days: 30);
        await simulation.RunAsync();
    }
}

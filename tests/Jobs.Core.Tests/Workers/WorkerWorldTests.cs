using Jobs.Conformance;

namespace Jobs.Core.Tests.Workers;

/// <summary>What owners and workers of different processes make of each other's messages, whatever becomes of those.</summary>
public sealed class WorkerWorldTests
{
    private const int Seeds = 200;
    private const int Steps = 800;

    [Fact]
    public async Task No_job_runs_on_two_workers_or_is_stuck_whatever_is_lost_or_late()
    {
        var (runs, deaths, owners) = (0, 0, 0);
        for (var seed = TestSeed.Value; seed < TestSeed.Value + Seeds; seed++)
        {
            await using var world = new WorkerWorld(seed);
            try
            {
                await world.RunAsync(Steps);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Failed with JOBS_TEST_SEED={seed}: {e.Message}", e);
            }

            (runs, deaths, owners) = (runs + world.Runs, deaths + world.Deaths, owners + world.Owners);
        }

        // A world in which nothing happens would prove nothing.
        Assert.True(runs > 50 * Seeds && deaths > 5 * Seeds && owners > 10 * Seeds, $"{runs} runs, {deaths} deaths, {owners} owners");
    }
}

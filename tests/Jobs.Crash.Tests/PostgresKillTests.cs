using Jobs.CrashWorker;
using Jobs.Postgres.Tests;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Jobs.Crash.Tests;

public sealed class PostgresKillTests : KillContract
{
    [Fact]
    public async Task Processes_that_are_killed_lose_nothing_and_repeat_nothing()
    {
        // Only its clients are killed here, so it need not wait for the disk.
        await using var server = await ThrowawayPostgres.StartAsync("-c fsync=off");
        if (server is null) Assert.Skip("PostgreSQL is not installed and JOBS_TEST_POSTGRES names no server.");
        var schema = $"jobs_crash_{Guid.NewGuid():n}"[..30];
        await KillAndCheckAsync((run, drains) => new WorkerOptions(server.ConnectionString, schema, CrashSeed.Value, run, drains));
    }
}

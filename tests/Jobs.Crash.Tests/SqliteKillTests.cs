using Jobs.CrashWorker;

namespace Jobs.Crash.Tests;

public sealed class SqliteKillTests : KillContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-crash-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task Processes_that_are_killed_lose_nothing_and_repeat_nothing() =>
        KillAndCheckAsync((run, drains) => new WorkerOptions(Path.Combine(_folder, "jobs.db"), null, CrashSeed.Value, run, drains));
}

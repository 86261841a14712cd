using Jobs.Core;
using Jobs.Postgres.Tests;

namespace Jobs.Samples.Tests;

/// <summary>The sample on durable stores: killed in the middle, and started again.</summary>
public sealed class QuickstartStoreTests : IDisposable
{
    private const int Before = 40;
    private const int Behind = 30;

    private static readonly QueueName Hashing = "hashing";

    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-quickstart-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Signals.Kill, 137)]
    [InlineData(Signals.Interrupt, 130)]
    public async Task With_sqlite_it_goes_on_where_it_stopped(int signal, int exitCode)
    {
        var file = Path.Combine(_folder, "jobs.db");
        await StopInTheMiddleAndGoOnAsync(signal, exitCode, ["--store", "sqlite", "--file", file], jobs => jobs.UseSqlite(file));
    }

    [Fact]
    public async Task With_postgres_it_goes_on_where_it_stopped()
    {
        await using var server = await ThrowawayPostgres.StartAsync();
        if (server is null || !server.IsOwn) Assert.Skip("PostgreSQL is not installed, and the sample's schema is not for another's server.");
        await StopInTheMiddleAndGoOnAsync(
            Signals.Kill,
            137,
            ["--store", "postgres", "--connection", server.ConnectionString],
            jobs => jobs.UsePostgres(server.ConnectionString, options => options.Schema = "quickstart"));
    }

    [Fact]
    public async Task A_file_that_changes_is_hashed_again_and_the_others_are_not()
    {
        string[] arguments = [_folder, "--store", "sqlite", "--file", Path.Combine(_folder, "jobs.db")];
        for (var i = 0; i < 5; i++) File.WriteAllText(Path.Combine(_folder, $"{i}.txt"), $"content {i}");
        Assert.Equal(0, (await QuickstartRun.RunAsync(arguments)).ExitCode);
        File.WriteAllText(Path.Combine(_folder, "3.txt"), "content 4");
        File.SetLastWriteTimeUtc(Path.Combine(_folder, "3.txt"), new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        var (exitCode, lines, errors) = await QuickstartRun.RunAsync(arguments);

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains("Files that an earlier run has hashed: 4 of 5.", lines);
        Assert.Contains("Groups of duplicates: 1; 9 bytes could be freed.", lines);
        var hashing = Assert.Single(lines, line => line.StartsWith("Jobs on record in hashing: ", StringComparison.Ordinal));
        Assert.Contains("Completed 6,", hashing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_could_not_be_read_gets_another_chance()
    {
        string[] arguments = [_folder, "--store", "sqlite", "--file", Path.Combine(_folder, "jobs.db")];
        var path = Path.Combine(_folder, "a.txt");
        File.WriteAllText(path, "a");
        await using (var held = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            var failed = await QuickstartRun.RunAsync(arguments);
            Assert.Contains(failed.Lines, line => line.StartsWith("Dead after 3 attempts: a.txt: ", StringComparison.Ordinal));
        }

        var (exitCode, lines, _) = await QuickstartRun.RunAsync(arguments);

        Assert.Equal(0, exitCode);
        Assert.DoesNotContain(lines, line => line.StartsWith("Dead ", StringComparison.Ordinal));
        Assert.Contains("No duplicates.", lines);
    }

    [Theory]
    [InlineData("--store")]
    [InlineData("--store", "cloud")]
    [InlineData("--connection")]
    public async Task Wrong_options_are_refused_with_the_usage(params string[] arguments)
    {
        var (exitCode, _, errors) = await QuickstartRun.RunAsync(arguments);

        Assert.Equal(2, exitCode);
        Assert.Contains("--store postgres", errors, StringComparison.Ordinal);
    }

    /// <summary>
    /// Files before and behind some that take minutes, one for each job that runs at a time: when those before are hashed, the program is
    /// in the middle of its work for sure.
    /// </summary>
    private async Task StopInTheMiddleAndGoOnAsync(int signal, int stopped, string[] store, Action<JobsBuilder> useStore)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send to a process.");
        for (var i = 0; i < Before; i++) File.WriteAllText(Path.Combine(_folder, $"a{i:000}"), $"before {i}");
        for (var i = 0; i < Behind; i++) File.WriteAllText(Path.Combine(_folder, $"c{i:000}"), $"behind {i}");
        var huge = Enumerable.Range(0, QuickstartRun.Processors).Select(i => Path.Combine(_folder, $"b{i:000}")).ToList();
        foreach (var path in huge)
        {
            await using var content = File.Create(path);
            content.SetLength(1L << 38);
        }

        using (var run = QuickstartRun.Start([_folder, .. store]))
        {
            await run.ReadToAsync($"{Before} of {Before + huge.Count + Behind} files");
            run.Send(signal);
            Assert.Equal(stopped, await run.ExitCodeAsync());
        }

        huge.ForEach(File.Delete);
        var (exitCode, lines, errors) = await QuickstartRun.RunAsync([_folder, .. store]);

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains($"Files that an earlier run has hashed: {Before} of {Before + Behind}.", lines);
        Assert.Contains("No duplicates.", lines);
        await using var engine = await EmbeddedJobs.StartAsync(jobs =>
        {
            useStore(jobs);
            jobs.RunsJobs = false;
        });
        var completed = await engine.Client.ListAsync(new JobQuery { Queue = Hashing, States = [JobState.Completed], PageJobs = 1000 });
        Assert.Equal(Before + Behind, completed.Count);
        Assert.All(completed, job => Assert.Equal(1, job.Deliveries));
    }
}

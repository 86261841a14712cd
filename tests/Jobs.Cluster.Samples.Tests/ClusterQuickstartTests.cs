using Jobs.Postgres.Tests;

// A silo that was killed is known to be gone as soon as another one has its address, so no other test may take that meanwhile.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Jobs.Samples.Tests;

/// <summary>What the cluster adds to the quick start.</summary>
public sealed class ClusterQuickstartTests : IDisposable
{
    private const int Small = 40;
    private const int Behind = 30;

    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-quickstart-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_silo_that_is_killed_in_the_middle_goes_on_where_it_stopped()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send to a process.");
        await using var server = await StartPostgresAsync();
        string[] arguments = [_folder, "--postgres", server.ConnectionString];
        var huge = Path.Combine(_folder, "huge");
        await using (var content = File.Create(huge)) content.SetLength(1L << 38);
        Write("a", Small);
        using (var run = QuickstartRun.Start(arguments))
        {
            // The huge file takes minutes, and leaves at least one place for the others.
            await run.ReadToAsync($"{Small} of {Small + 1} files");
            run.Send(Signals.Kill);
            Assert.Equal(137, await run.ExitCodeAsync());
        }

        File.Delete(huge);
        Write("b", Behind);
        var (exitCode, lines, errors) = await QuickstartRun.RunAsync(arguments);

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains($"Files that an earlier run has hashed: {Small} of {Small + Behind}.", lines);
        Assert.Contains("No duplicates.", lines);
        var hashing = Assert.Single(lines, line => line.StartsWith("Jobs on record in hashing: ", StringComparison.Ordinal));
        Assert.Contains($"Completed {Small + Behind},", hashing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_programs_are_one_cluster_and_each_has_its_results()
    {
        await using var server = await StartPostgresAsync();
        var folders = new[] { "left", "right" }.Select(name => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName).ToList();
        foreach (var folder in folders) Write(Path.Combine(folder, "f"), 25, equal: true);

        var runs = await Task.WhenAll(folders.Select(folder => QuickstartRun.RunAsync(folder, "--postgres", server.ConnectionString)));

        Assert.All(runs, run =>
        {
            Assert.Equal((0, ""), (run.ExitCode, run.Errors));
            Assert.Contains("Groups of duplicates: 1; 96 bytes could be freed.", run.Lines);
        });
    }

    private static async Task<ThrowawayPostgres> StartPostgresAsync()
    {
        var server = await ThrowawayPostgres.StartAsync();
        if (server is null || !server.IsOwn) Assert.Skip("PostgreSQL is not installed, and the sample's schema is not for another's server.");
        return server;
    }

    private void Write(string prefix, int files, bool equal = false)
    {
        for (var i = 0; i < files; i++) File.WriteAllText(Path.Combine(_folder, $"{prefix}{i:000}"), equal ? "same" : $"{prefix} {i}");
    }
}

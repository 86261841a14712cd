using System.Diagnostics;
using System.Security.Cryptography;

namespace Jobs.Samples.Tests;

public sealed class QuickstartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-quickstart-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_finds_equal_files_and_counts_its_jobs()
    {
        Write("a.txt", "same");
        Write("below/b.txt", "same");
        Write("c.txt", "other");

        var (exitCode, lines, errors) = await QuickstartRun.RunAsync(_folder);

        Assert.Equal((0, ""), (exitCode, errors));
        var group = lines.ToList().IndexOf($"4 bytes, SHA-256 {Convert.ToHexStringLower(SHA256.HashData("same"u8))}:");
        Assert.Equal(["  a.txt", "  below/b.txt"], lines.Skip(group + 1).Take(2).Select(line => line.Replace('\\', '/')));
        Assert.Contains("Groups of duplicates: 1; 4 bytes could be freed.", lines);
        var hashing = Assert.Single(lines, line => line.StartsWith("Jobs on record in hashing: ", StringComparison.Ordinal));
        Assert.Contains("Completed 3, Dead 0,", hashing, StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.Contains('\e', StringComparison.Ordinal));
    }

    [Fact]
    public async Task More_files_than_one_batch_holds_are_all_hashed()
    {
        for (var i = 0; i < 2500; i++) Write($"{i}.txt", $"{i}");

        var (exitCode, lines, _) = await QuickstartRun.RunAsync(_folder);

        Assert.Equal(0, exitCode);
        Assert.Contains("No duplicates.", lines);
        Assert.Contains(lines, line => line.Contains("Completed 2500, Dead 0,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_tried_three_times_and_ends_dead_with_its_error()
    {
        Write("good.txt", "good");
        // A lock keeps even root from reading.
        await using var held = new FileStream(Write("held.txt", "held"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        var (exitCode, lines, _) = await QuickstartRun.RunAsync(_folder);

        Assert.Equal(0, exitCode);
        Assert.Contains(lines, line => line.StartsWith("Attempt 3 of 3 for ", StringComparison.Ordinal));
        var dead = Assert.Single(lines, line => line.StartsWith("Dead after 3 attempts: held.txt: ", StringComparison.Ordinal));
        Assert.Contains("used by another process", dead, StringComparison.Ordinal);
        Assert.Contains(lines, line => line.Contains("Completed 1, Dead 1,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Links_are_not_followed()
    {
        Write("a.txt", "same");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "loop"), _folder);
        File.CreateSymbolicLink(Path.Combine(_folder, "broken"), "nowhere");

        var (exitCode, lines, _) = await QuickstartRun.RunAsync(_folder);

        Assert.Equal(0, exitCode);
        Assert.Contains("Left out: 2 links, 0 empty files.", lines);
        Assert.Contains("No duplicates.", lines);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_read_is_told_and_passed_over()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other limits.");
        Write("a.txt", "good");
        // Root may read everything, but not even root can open a path of more than 4,096 bytes.
        await ShellAsync(
            "n=$(printf 'd%.0s' {1..250}); cd \"$0\"; for i in {1..18}; do mkdir $n && cd -P ./$n || exit 0; done 2>/dev/null");

        try
        {
            var (exitCode, lines, _) = await QuickstartRun.RunAsync(_folder);

            Assert.Equal(0, exitCode);
            Assert.Single(lines, line => line.StartsWith("Cannot read ", StringComparison.Ordinal));
            Assert.Contains(lines, line => line.Contains("Completed 1, Dead 0,", StringComparison.Ordinal));
        }
        finally
        {
            await ShellAsync("rm -rf \"$0\"/d*");
        }
    }

    [Fact]
    public async Task An_empty_folder_is_said_to_be_empty()
    {
        var (exitCode, lines, errors) = await QuickstartRun.RunAsync(_folder);

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Equal("There are no files to compare.", lines[^1]);
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_refused_in_one_line()
    {
        var (exitCode, lines, errors) = await QuickstartRun.RunAsync(Path.Combine(_folder, "none"));

        Assert.Equal((2, 0), (exitCode, lines.Count));
        Assert.Equal($"The folder '{Path.Combine(_folder, "none")}' does not exist.", errors.TrimEnd());
    }

    [Fact]
    public async Task Too_many_arguments_and_unknown_options_are_refused_with_the_usage()
    {
        var (twoFolders, _, errors) = await QuickstartRun.RunAsync(_folder, _folder);
        Assert.Equal(2, twoFolders);
        Assert.Contains("usage: Quickstart [FOLDER] [--store", errors, StringComparison.Ordinal);
        Assert.Equal(2, (await QuickstartRun.RunAsync("--fast")).ExitCode);
    }

    [Fact]
    public async Task Help_is_no_error()
    {
        var (exitCode, lines, errors) = await QuickstartRun.RunAsync("--help");

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.StartsWith("usage: Quickstart [FOLDER] ", lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Terminate)]
    public async Task A_signal_stops_it_in_order(int signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send to a process.");
        // Hashing all that nothing takes minutes and no disk space.
        await using (var huge = File.Create(Path.Combine(_folder, "huge"))) huge.SetLength(1L << 38);
        using var run = QuickstartRun.Start(_folder);
        await run.ReadToAsync("0 of 1 files");

        run.Send(signal);

        Assert.Equal(130, await run.ExitCodeAsync());
        Assert.Contains("Interrupted after 0 of 1 files: running jobs may finish, the others are dropped.", run.Lines);
        Assert.Equal("Stopped.", run.Lines[^1]);
    }

    private async Task ShellAsync(string script)
    {
        using var shell = Process.Start("bash", ["-c", script, _folder]);
        await shell.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(180));
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }
}

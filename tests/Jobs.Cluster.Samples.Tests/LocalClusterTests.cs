using System.Diagnostics;

namespace Jobs.Samples.Tests;

/// <summary>The topology of docker-compose.yml as processes, started by one script.</summary>
public sealed class LocalClusterTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(300);

    [Fact]
    public async Task The_script_starts_two_silos_and_an_app_and_ends_them()
    {
        RequirePosix();
        using var script = Start("--jobs", "3");
        var lines = await ReadAsync(script, "no such line");

        Assert.True(script.ExitCode == 0, string.Join('\n', lines));
        for (var i = 1; i <= 3; i++) Assert.Contains(lines, line => line.StartsWith($"app: {i}: Hello number {i}, from ", StringComparison.Ordinal));
        foreach (var silo in (string[])["silo1", "silo2"])
        {
            Assert.Contains(
                lines,
                line => line.StartsWith($"{silo}: The silo ", StringComparison.Ordinal) && line.EndsWith(" has stopped.", StringComparison.Ordinal));
        }

        Assert.Equal("Everything is stopped.", lines[^1]);
    }

    [Fact]
    public async Task A_signal_ends_everything_that_it_has_started()
    {
        RequirePosix();
        using var script = Start();
        var lines = await ReadAsync(script, "app: 1: ");
        Signals.Send(script.Id, Signals.Terminate);
        lines.AddRange(await ReadAsync(script, "no such line"));

        Assert.Equal(143, script.ExitCode);
        Assert.Contains("app: Stopped.", lines);
        Assert.Equal("Everything is stopped.", lines[^1]);
    }

    /// <summary>A connection holds its port so until a minute after it was closed.</summary>
    [Fact]
    public async Task A_port_that_is_held_although_nobody_answers_there_is_passed_over()
    {
        RequirePosix();
        using var held = HeldPort.Hold(15432);
        using var script = Start("--jobs", "1");
        var lines = await ReadAsync(script, "no such line");

        Assert.True(script.ExitCode == 0, string.Join('\n', lines));
    }

    private static void RequirePosix()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script needs bash.");
        Assert.SkipWhen(!Directory.Exists("/usr/lib/postgresql"), "PostgreSQL is not installed.");
    }

    private static Process Start(params string[] arguments)
    {
        Signals.HearInterrupts();
        var start = new ProcessStartInfo("bash") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] all = [Path.Combine(AppContext.BaseDirectory, "deployment", "local-cluster.sh"), "--programs", AppContext.BaseDirectory, .. arguments];
        foreach (var argument in all) start.ArgumentList.Add(argument);
        var script = Process.Start(start)!;
        script.ErrorDataReceived += (_, line) => TestContext.Current.TestOutputHelper?.WriteLine(line.Data ?? "");
        script.BeginErrorReadLine();
        return script;
    }

    /// <summary>Reads to a line that starts so, or else to the end.</summary>
    private static async Task<List<string>> ReadAsync(Process script, string start)
    {
        var lines = new List<string>();
        while (await script.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            lines.Add(line);
            if (line.StartsWith(start, StringComparison.Ordinal)) return lines;
        }

        await script.WaitForExitAsync().WaitAsync(Patience);
        return lines;
    }
}

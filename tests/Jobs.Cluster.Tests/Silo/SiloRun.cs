using System.Diagnostics;
using System.Globalization;
using Jobs.Postgres.Tests;
using Jobs.Samples.Tests;

namespace Jobs.Cluster.Tests.Silo;

/// <summary>The silo as a process of its own, with its output in pipes.</summary>
internal sealed class SiloRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(300);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly List<string> _lines = [];

    private SiloRun(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>A port that nobody listened on a moment ago.</summary>
    internal static string FreePort() => LoopbackPorts.Next().ToString(CultureInfo.InvariantCulture);

    internal static SiloRun Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Jobs.Silo.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return new SiloRun(Process.Start(start)!);
    }

    /// <summary>Runs it to its end.</summary>
    internal static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var run = Start(arguments);
        var exitCode = await run.ExitCodeAsync();
        return (exitCode, string.Join('\n', run._lines), await run._errors.WaitAsync(Patience));
    }

    internal async Task ReadToAsync(string start)
    {
        while (await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            _lines.Add(line);
            if (line.StartsWith(start, StringComparison.Ordinal)) return;
        }

        Assert.Fail($"No line starts with '{start}':\n{string.Join('\n', _lines)}\n{await _errors.WaitAsync(Patience)}");
    }

    /// <summary>Tells it to stop, as an operating system or a container host does.</summary>
    internal void Terminate() => Signals.Send(_process.Id, 15);

    internal async Task<int> ExitCodeAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line) _lines.Add(line);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}

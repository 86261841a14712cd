using System.Diagnostics;

namespace Jobs.Samples.Tests;

/// <summary>The sample as a process of its own, with its output in pipes.</summary>
internal sealed class QuickstartRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly Task<string> _errors;

    private QuickstartRun(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    internal IReadOnlyList<string> Lines => _lines;

    internal static QuickstartRun Start(params string[] arguments)
    {
        Signals.HearInterrupts();
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Quickstart.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return new QuickstartRun(Process.Start(start)!);
    }

    /// <summary>Runs it to its end.</summary>
    internal static async Task<(int ExitCode, IReadOnlyList<string> Lines, string Errors)> RunAsync(params string[] arguments)
    {
        using var run = Start(arguments);
        var exitCode = await run.ExitCodeAsync();
        return (exitCode, run.Lines, await run._errors.WaitAsync(Patience));
    }

    /// <summary>Reads until a line starts so.</summary>
    internal async Task ReadToAsync(string start)
    {
        while (await ReadLineAsync() is { } line)
        {
            if (line.StartsWith(start, StringComparison.Ordinal)) return;
        }

        Assert.Fail($"No line starts with '{start}':\n{string.Join('\n', _lines)}\n{await _errors.WaitAsync(Patience)}");
    }

    internal void Send(int signal) => Signals.Send(_process.Id, signal);

    internal async Task<int> ExitCodeAsync()
    {
        while (await ReadLineAsync() is not null)
        {
        }

        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private async Task<string?> ReadLineAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        if (line is not null) _lines.Add(line);
        return line;
    }
}

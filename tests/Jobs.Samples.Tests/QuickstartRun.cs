using System.Diagnostics;
using System.Globalization;

namespace Jobs.Samples.Tests;

/// <summary>The sample as a process of its own, with its output in pipes.</summary>
internal sealed class QuickstartRun : IDisposable
{
    /// <summary>How many processors the sample sees, and so how many jobs it runs at a time; with one, one long job would be all that runs.</summary>
    internal static readonly int Processors = Math.Max(2, Environment.ProcessorCount);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly Task<string> _errors;

    private QuickstartRun(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    internal IReadOnlyList<string> Lines => _lines;

    internal static QuickstartRun Start(params string[] arguments) => StartProgram(SampleProgram.File, arguments);

    private static QuickstartRun StartProgram(string program, string[] arguments)
    {
        Signals.HearInterrupts();
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_PROCESSOR_COUNT"] = Processors.ToString(CultureInfo.InvariantCulture);
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, program));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return new QuickstartRun(Process.Start(start)!);
    }

    /// <summary>Runs it to its end.</summary>
    internal static Task<(int ExitCode, IReadOnlyList<string> Lines, string Errors)> RunAsync(params string[] arguments) =>
        RunProgramAsync(SampleProgram.File, arguments);

    /// <summary>Runs a program that lies beside the tests to its end.</summary>
    internal static async Task<(int ExitCode, IReadOnlyList<string> Lines, string Errors)> RunProgramAsync(string program, params string[] arguments)
    {
        using var run = StartProgram(program, arguments);
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

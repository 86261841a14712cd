using System.Diagnostics;
using Jobs.CrashWorker;

namespace Jobs.Crash.Tests;

/// <summary>A crash worker as a process of its own. What it has told is read even after it was killed.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int Killed = 128 + 9;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(300);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private WorkerProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    internal static WorkerProcess Start(WorkerOptions options) => Start(options.ToArguments());

    internal static WorkerProcess Start(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Jobs.CrashWorker.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return new WorkerProcess(Process.Start(start)!);
    }

    /// <summary>The next whole line; null when the process is gone and everything is read.</summary>
    internal async Task<JournalLine?> ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } text)
        {
            if (JournalLine.Parse(text) is { } line) return line;
        }

        return null;
    }

    /// <summary>kill -9.</summary>
    internal void Kill() => _process.Kill();

    /// <summary>Waits for its end.</summary>
    internal async Task RequireKilledAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(_process.ExitCode == Killed, $"The worker ended by itself with {_process.ExitCode}: {await _errors}");
    }

    /// <summary>Waits for its end, which must be in order.</summary>
    internal async Task RequireDoneAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(_process.ExitCode == 0, $"The worker ended with {_process.ExitCode}: {await _errors}");
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}

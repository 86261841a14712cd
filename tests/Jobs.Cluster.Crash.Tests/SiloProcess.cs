using System.Diagnostics;
using Jobs.Cluster.CrashSilo;
using Jobs.Postgres.Tests;
using Jobs.Samples.Tests;

namespace Jobs.Cluster.Crash.Tests;

/// <summary>A silo as a process of its own. What it has told is read even after it was killed.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private const int Stop = 19;
    private const int Continue = 18;

    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(300);

    private readonly Process _process;
    private readonly EventLog _log;
    private readonly Task _reading;
    private readonly Task<string> _errors;

    private SiloProcess(string name, bool isLater, Process process, EventLog log)
    {
        Name = name;
        IsLater = isLater;
        _process = process;
        _log = log;
        _errors = process.StandardError.ReadToEndAsync();
        _reading = Task.Run(ReadAsync);
    }

    internal string Name { get; }

    /// <summary>Whether it is of a later version of the service.</summary>
    internal bool IsLater { get; }

    internal bool HasExited => _process.HasExited;

    internal static SiloProcess Start(string connection, string schema, string name, bool isLater, EventLog log)
    {
        var options = new CrashSiloOptions(connection, schema, name, LoopbackPorts.Next(), LoopbackPorts.Next());
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var program = isLater ? LaterProgram() : Path.Combine(AppContext.BaseDirectory, "Jobs.Cluster.CrashSilo.dll");
        string[] arguments = ["exec", program, .. options.ToArguments()];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return new SiloProcess(name, isLater, Process.Start(start)!, log);
    }

    /// <summary>Returns when it is a member of the cluster.</summary>
    internal async Task UpAsync()
    {
        var told = await _log.FirstAsync(e => e.Source == Name && e.Verb is "up" or "exited").WaitAsync(Patience);
        if (told.Verb is "exited") Assert.Fail($"{Name} ended by itself with {_process.ExitCode}:\n{await _errors}");
    }

    /// <summary>kill -9; the result is when.</summary>
    internal long Kill()
    {
        _process.Kill();
        return _log.Tell(Name, "killed");
    }

    /// <summary>Tells it to stop in order.</summary>
    internal long Terminate()
    {
        var at = _log.Tell(Name, "told to stop");
        Signals.Send(_process.Id, Signals.Terminate);
        return at;
    }

    internal long Freeze()
    {
        Signals.Send(_process.Id, Stop);
        return _log.Tell(Name, "frozen");
    }

    internal long Resume()
    {
        var at = _log.Tell(Name, "resumed");
        Signals.Send(_process.Id, Continue);
        return at;
    }

    /// <summary>Waits for its end, and until all that it told is read.</summary>
    internal async Task<int> ExitCodeAsync()
    {
        await _reading.WaitAsync(Patience);
        return _process.ExitCode;
    }

    internal Task<string> ErrorsAsync() => _errors;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (CrashEvent.Parse(Name, line) is { } told) _log.Add(told);
        }

        await _process.WaitForExitAsync();
        _log.Tell(Name, "exited");
    }

    /// <summary>The same sources in assemblies of the same names, so they stay in the folder that they were built in.</summary>
    private static string LaterProgram()
    {
        const string here = "Jobs.Cluster.Crash.Tests", there = "Jobs.Cluster.LaterSilo";
        var at = AppContext.BaseDirectory.LastIndexOf(here, StringComparison.Ordinal);
        return Path.Combine(string.Concat(AppContext.BaseDirectory.AsSpan(0, at), there, AppContext.BaseDirectory.AsSpan(at + here.Length)), "Jobs.Grains.dll");
    }
}

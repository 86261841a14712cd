using System.Diagnostics;
using System.Globalization;

namespace Jobs.Cluster.Bench;

/// <summary>A silo process, seen from the bench.</summary>
internal sealed class BenchSiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly Task _reading;
    private TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _completed;

    private BenchSiloProcess(Process process)
    {
        _process = process;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Completions that the silo has committed.</summary>
    internal long Completed => Volatile.Read(ref _completed);

    internal int ProcessId => _process.Id;

    internal event Action? Progressed;

    internal event Action<long>? Started;

    internal static async Task<BenchSiloProcess> StartAsync(BenchSiloOptions options, CancellationToken stop)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        string[] arguments = ["exec", Path.Combine(AppContext.BaseDirectory, "Jobs.Cluster.Bench.dll"), "silo", .. options.ToArguments()];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var silo = new BenchSiloProcess(Process.Start(start)!);
        await silo._done.Task.WaitAsync(Patience, stop);
        return silo;
    }

    /// <summary>Returns when it has done as it was told.</summary>
    internal async Task TellAsync(string command)
    {
        _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        await _done.Task.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            _process.Kill();
        }

        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            switch (line.Split(' '))
            {
                case [BenchSilo.Done]:
                    _done.TrySetResult();
                    break;
                case [BenchSilo.Completed, var count]:
                    Volatile.Write(ref _completed, long.Parse(count, CultureInfo.InvariantCulture));
                    Progressed?.Invoke();
                    break;
                case [BenchSilo.Started, var timestamp]:
                    Started?.Invoke(long.Parse(timestamp, CultureInfo.InvariantCulture));
                    break;
            }
        }

        _done.TrySetException(new InvalidOperationException("A silo has ended."));
    }
}

using System.Runtime.InteropServices;
using Jobs.Core;
using Microsoft.Extensions.Hosting;

namespace Jobs;

/// <summary>Runs the program of a job service: it serves, or does one thing and ends.</summary>
public static class JobsHostExtensions
{
    /// <summary>The exit code of a command that failed, and of a service that did.</summary>
    public const int Failed = 1;

    /// <summary>The exit code of a command that is not known.</summary>
    public const int UnknownCommand = 2;

    /// <summary>
    /// Serves until the host is told to stop, or runs the command that the arguments name in place of that. Arguments that begin with
    /// <c>-</c>, but for the help, are left to the host. The host is disposed when this returns.
    /// </summary>
    /// <param name="host">The host, which is not started yet. It needs no web server: any generic host will do.</param>
    /// <param name="args">The program's arguments.</param>
    /// <param name="commands">The commands; default none.</param>
    /// <param name="output">Where help goes; default the console.</param>
    /// <param name="error">Where errors go, with help for a command that is not known; default the console's error stream.</param>
    /// <param name="cancellation">Ends the service or the command.</param>
    /// <returns>The exit code: 0, <see cref="Failed"/> or <see cref="UnknownCommand"/>.</returns>
    public static async Task<int> RunJobsAsync(
        this IHost host, IReadOnlyList<string> args, AdminCommands? commands = null, TextWriter? output = null, TextWriter? error = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(args);
        commands ??= new AdminCommands();
        using var disposing = host;
        if (args.Count > 0 && AdminCommands.IsHelp(args[0]))
        {
            commands.WriteHelp(output ?? Console.Out);
            return 0;
        }

        error ??= Console.Error;
        if (args.Count == 0 || args[0].StartsWith('-')) return await GuardAsync(() => host.RunAsync(cancellation), error).ConfigureAwait(false);
        if (commands.Find(args[0]) is { } command)
            return await GuardAsync(() => RunAsync(host, command, [.. args.Skip(1)], cancellation), error).ConfigureAwait(false);
        error.WriteLine($"There is no command '{args[0]}'.");
        commands.WriteHelp(error);
        return UnknownCommand;
    }

    private static async Task RunAsync(IHost host, AdminCommands.Command command, IReadOnlyList<string> args, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        void Stop(PosixSignalContext signal)
        {
            // The command ends by its token, and so leaves nothing half done that it can finish.
            signal.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        if (command.StartsHost) await host.StartAsync(stop.Token).ConfigureAwait(false);
        try
        {
            await command.Run(host.Services, args, stop.Token).ConfigureAwait(false);
        }
        finally
        {
            if (command.StartsHost) await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task<int> GuardAsync(Func<Task> run, TextWriter error)
    {
        try
        {
            await run().ConfigureAwait(false);
            return 0;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("It was stopped before it had ended.").ConfigureAwait(false);
            return Failed;
        }
        catch (Exception e)
        {
            await error.WriteLineAsync($"{e.GetType().Name}: {e.Message}").ConfigureAwait(false);
            return Failed;
        }
    }
}

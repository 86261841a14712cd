using Spectre.Console;

namespace Quickstart;

/// <summary>Chooses the display.</summary>
internal static class Displays
{
    /// <summary>A progress bar and tables for a person at a terminal, plain lines for a pipe or a file.</summary>
    internal static IDisplay Choose()
    {
        var profile = AnsiConsole.Profile;
        var isTerminal = profile.Out.IsTerminal && profile.Capabilities is { Ansi: true, Interactive: true };
        return isTerminal ? new TerminalDisplay(AnsiConsole.Console, TimeProvider.System) : new PlainDisplay(Console.Out);
    }
}

namespace Jobs.Core;

/// <summary>Commands that a service's program runs once in place of serving, such as <c>migrate</c> or <c>replay-dead</c>.</summary>
public sealed class AdminCommands
{
    private static readonly string[] Help = ["help", "-h", "--help"];

    private readonly SortedDictionary<string, Command> _commands = new(StringComparer.Ordinal);

    /// <summary>Names that every program understands itself: <c>help</c>, <c>-h</c>, <c>--help</c>.</summary>
    public static IReadOnlyList<string> ReservedNames => Help;

    /// <summary>The names of the commands, sorted.</summary>
    public IReadOnlyCollection<string> Names => _commands.Keys;

    /// <summary>Adds a command that runs without the service: nothing is started, so it may set things up first.</summary>
    /// <param name="name">1 to 64 ASCII letters, digits, <c>-</c>, <c>_</c>, <c>.</c> or <c>:</c>, not beginning with <c>-</c>.</param>
    /// <param name="summary">What it does, in one line of help.</param>
    /// <param name="run">Gets the services, the arguments behind the name, and a token that fires on Ctrl-C. What it throws is a failure.</param>
    /// <exception cref="InvalidNameException">The name is taken, reserved, or cannot be one.</exception>
    public AdminCommands Add(string name, string summary, Func<IServiceProvider, IReadOnlyList<string>, CancellationToken, Task> run) =>
        Add(name, summary, new Command(summary, run, StartsHost: false));

    /// <summary>Adds a command that runs while the service does, so that it can use <see cref="IJobClient"/>; the service stops after it.</summary>
    /// <param name="name">See <see cref="Add(string, string, Func{IServiceProvider, IReadOnlyList{string}, CancellationToken, Task})"/>.</param>
    /// <param name="summary">What it does, in one line of help.</param>
    /// <param name="run">Gets the services, the arguments behind the name, and a token that fires on Ctrl-C. What it throws is a failure.</param>
    /// <exception cref="InvalidNameException">The name is taken, reserved, or cannot be one.</exception>
    public AdminCommands AddWhileServing(string name, string summary, Func<IServiceProvider, IReadOnlyList<string>, CancellationToken, Task> run) =>
        Add(name, summary, new Command(summary, run, StartsHost: true));

    internal static bool IsHelp(string name) => Help.Contains(name, StringComparer.Ordinal);

    internal Command? Find(string name) => _commands.GetValueOrDefault(name);

    internal void WriteHelp(TextWriter output)
    {
        output.WriteLine("Without arguments the service runs. With a command it does that and ends:");
        var width = _commands.Keys.Select(name => name.Length).Append("help".Length).Max();
        foreach (var (name, command) in _commands) output.WriteLine($"  {name.PadRight(width)}  {command.Summary}");
        output.WriteLine($"  {"help".PadRight(width)}  Shows this.");
    }

    private AdminCommands Add(string name, string summary, Command command)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(command.Run);
        NameRules.Require(name, "command", NameRules.MaxQueueNameChars);
        if (IsHelp(name)) throw new InvalidNameException("command", name, "it is reserved for help; use another one");
        if (name[0] == '-') throw new InvalidNameException("command", name, "options of the host begin with '-'; begin it with another character");
        if (!_commands.TryAdd(name, command)) throw new InvalidNameException("command", name, "there is a command of this name already; use another one");
        return this;
    }

    internal sealed record Command(string Summary, Func<IServiceProvider, IReadOnlyList<string>, CancellationToken, Task> Run, bool StartsHost);
}

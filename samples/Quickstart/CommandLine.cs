namespace Quickstart;

/// <summary>What was asked for: a folder, or else a text that says what is wrong.</summary>
internal sealed record CommandLine(string? Folder, string? Error = null)
{
    private const string Usage =
        """
        usage: Quickstart [FOLDER]

        Finds files with equal content below FOLDER, or below the current folder.
        Exit codes: 0 done, 2 wrong use, 130 interrupted.
        """;

    internal static CommandLine Parse(string[] args) => args switch
    {
        [] => Checked("."),
        ["--help" or "-h"] => new(Folder: null),
        [var option] when option.StartsWith('-') => new(null, $"The option '{option}' is not known.\n{Usage}"),
        [var folder] => Checked(folder),
        _ => new(null, $"One folder at most, please.\n{Usage}"),
    };

    /// <summary>Says why there is nothing to search, and returns the exit code.</summary>
    internal int Refuse()
    {
        (Error is null ? Console.Out : Console.Error).WriteLine(Error ?? Usage);
        return Error is null ? ExitCodes.Done : ExitCodes.WrongUse;
    }

    private static CommandLine Checked(string folder) => Directory.Exists(folder)
        ? new(Path.GetFullPath(folder))
        : new(null, $"The folder '{PlainText.Of(folder)}' does not exist.");
}

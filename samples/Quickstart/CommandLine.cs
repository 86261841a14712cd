using Jobs;
using Jobs.Core;

namespace Quickstart;

/// <summary>What was asked for: a folder and a store, or else a text that says what is wrong.</summary>
internal sealed record CommandLine(string? Folder, StoreKind Store = StoreKind.Memory, string? Target = null, string? Error = null)
{
    private const string DefaultFile = "quickstart.db";
    private const string DefaultConnection = "Host=127.0.0.1;Username=postgres;Database=postgres";

    private const string Usage =
        $"""
        usage: Quickstart [FOLDER] [--store memory|sqlite|postgres] [--file FILE] [--postgres TEXT]

        Finds files with equal content below FOLDER, or below the current folder.

          --store memory     keeps jobs and results in this process; they end with it (the default)
          --store sqlite     keeps them in FILE, by default {DefaultFile} in the current folder
          --store postgres   keeps them in the schema "quickstart" of a database, by default
                             {DefaultConnection}
          --postgres TEXT    does so in the database that TEXT names, a connection string of Npgsql; --connection is the same

        With sqlite or postgres a search that was interrupted or killed goes on where it stopped when it is started again, and
        files that have not changed since they were hashed are not hashed again.
        Exit codes: 0 done, 2 wrong use, 130 interrupted.
        """;

    /// <summary>The file that the store writes to; null if there is none.</summary>
    internal string? StoreFile => Store is StoreKind.Sqlite ? Target : null;

    internal static CommandLine Parse(string[] args)
    {
        var command = new CommandLine(Folder: null);
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--help" or "-h":
                    return new(Folder: null);
                case "--store" or "--file" or "--postgres" or "--connection" when value is null:
                    return Wrong($"The option '{args[i]}' needs a value.");
                case "--store":
                    if (!Enum.TryParse<StoreKind>(value, ignoreCase: true, out var store)) return Wrong($"The store '{value}' is not known.");
                    command = command with { Store = store };
                    i++;
                    break;
                case "--file":
                    command = command with { Store = StoreKind.Sqlite, Target = value };
                    i++;
                    break;
                case "--postgres" or "--connection":
                    command = command with { Store = StoreKind.Postgres, Target = value };
                    i++;
                    break;
                case var option when option.StartsWith('-'):
                    return Wrong($"The option '{option}' is not known.");
                case var folder when command.Folder is null:
                    command = command with { Folder = folder };
                    break;
                default:
                    return Wrong("One folder at most, please.");
            }
        }

        return command.Checked();
    }

    internal void UseStore(JobsBuilder jobs)
    {
        if (Store is StoreKind.Sqlite) jobs.UseSqlite(Target!);
        else if (Store is StoreKind.Postgres) jobs.UsePostgres(Target!, options => options.Schema = "quickstart");
    }

    /// <summary>Says why there is nothing to search, and returns the exit code.</summary>
    internal int Refuse()
    {
        (Error is null ? Console.Out : Console.Error).WriteLine(Error ?? Usage);
        return Error is null ? ExitCodes.Done : ExitCodes.WrongUse;
    }

    private static CommandLine Wrong(string error) => new(null, Error: $"{error}\n{Usage}");

    private CommandLine Checked()
    {
        var folder = Folder ?? ".";
        if (!Directory.Exists(folder)) return new(null, Error: $"The folder '{PlainText.Of(folder)}' does not exist.");
        return this with
        {
            Folder = Path.GetFullPath(folder),
            Target = Store switch
            {
                StoreKind.Sqlite => Path.GetFullPath(Target ?? DefaultFile),
                StoreKind.Postgres => Target ?? DefaultConnection,
                _ => null,
            },
        };
    }
}

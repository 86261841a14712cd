namespace Jobs.Postgres;

/// <summary>A schema is not at this library's version: behind it while the library is not to migrate, or ahead of it.</summary>
public sealed class SchemaVersionException : InvalidOperationException
{
    private SchemaVersionException(string schema, bool isAhead, IReadOnlyList<string> migrations, string message) : base(message)
    {
        Schema = schema;
        IsAhead = isAhead;
        Migrations = migrations;
    }

    /// <summary>The schema.</summary>
    public string Schema { get; }

    /// <summary>True if a newer library has set the schema up, false if migrations of this one are missing.</summary>
    public bool IsAhead { get; }

    /// <summary>The migrations that are missing, or those that this library does not know.</summary>
    public IReadOnlyList<string> Migrations { get; }

    internal static SchemaVersionException Behind(string schema, IReadOnlyList<string> missing) => new(
        schema, isAhead: false, missing, $"The schema '{schema}' lacks the migrations {string.Join(", ", missing)}. Call Migrator.MigrateAsync, "
            + "run the SQL that Migrator.ScriptAsync returns, or set MigrateAtStart.");

    internal static SchemaVersionException Ahead(string schema, IReadOnlyList<string> unknown) => new(
        schema, isAhead: true, unknown, $"The schema '{schema}' has the migrations {string.Join(", ", unknown)}, which this library does not know. "
            + "Run the library version that set the schema up, or a later one.");
}

namespace Jobs.Postgres;

/// <summary>A schema was set up by another version of a migration than this library holds.</summary>
public sealed class MigrationChangedException(string schema, string migration)
    : InvalidOperationException($"The migration {migration} of the schema '{schema}' is not the one that this library holds. "
        + "Run the library version that set the schema up, or use another schema.")
{
    /// <summary>The schema.</summary>
    public string Schema { get; } = schema;

    /// <summary>The migration.</summary>
    public string Migration { get; } = migration;
}

namespace Jobs.Postgres;

/// <summary>Where and how jobs are kept in PostgreSQL.</summary>
public sealed class PostgresOptions
{
    /// <summary>The schema that holds the tables; default <c>jobs</c>. Small letters, digits and underscores, at most 63 characters.</summary>
    public string Schema { get; set; } = "jobs";

    /// <summary>Whether the library creates and updates the tables when it starts; default true. False expects them to be there.</summary>
    public bool MigrateAtStart { get; set; } = true;

    /// <summary>How long one statement may take before it counts as failed; default 30 seconds.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    internal PostgresOptions Checked()
    {
        var valid = Schema is { Length: > 0 and <= 63 } && !char.IsAsciiDigit(Schema[0])
            && Schema.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');
        if (!valid) throw new InvalidNameException("schema", Schema, "use 1 to 63 small letters, digits and underscores, and no digit first");
        if (CommandTimeout <= TimeSpan.Zero) throw new InvalidJobOptionException(nameof(CommandTimeout), CommandTimeout, "use a positive time");
        return this;
    }
}

namespace Jobs.Postgres;

/// <summary>Where and how jobs are kept in PostgreSQL.</summary>
public sealed class PostgresOptions
{
    /// <summary>The schema that holds the tables; default <c>jobs</c>. Small letters, digits and underscores, at most 63 characters.</summary>
    public string Schema { get; set; } = "jobs";

    /// <summary>Whether the library creates and updates the tables when it starts; default true. False expects them to be
    /// there: call <see cref="Migrator.MigrateAsync"/>, or run what <see cref="Migrator.ScriptAsync"/> returns, before.</summary>
    public bool MigrateAtStart { get; set; } = true;

    /// <summary>How long one statement may take before it counts as failed; default 30 seconds.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many jobs of transactional handlers run at a time in one process; default 20. Each of them holds a connection of its own, beside those of
    /// the store. A job beyond that waits in its handler's slot, within its own time-out.
    /// </summary>
    public int MaxHandlerTransactions { get; set; } = 20;

    /// <summary>
    /// After how many jobs that left the table of unfinished jobs this process has it vacuumed; default 200,000, and 0 for never. The server's
    /// own autovacuum looks once a minute, in which a busy service leaves millions of dead rows. It needs the right of the tables' owner;
    /// without it nothing happens, and the table is left to the autovacuum.
    /// </summary>
    public int VacuumAfterJobs { get; set; } = 200_000;

    internal PostgresOptions Checked()
    {
        var valid = Schema is { Length: > 0 and <= 63 } && !char.IsAsciiDigit(Schema[0])
            && Schema.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');
        if (!valid) throw new InvalidNameException("schema", Schema, "use 1 to 63 small letters, digits and underscores, and no digit first");
        if (CommandTimeout <= TimeSpan.Zero) throw new InvalidJobOptionException(nameof(CommandTimeout), CommandTimeout, "use a positive time");
        if (MaxHandlerTransactions < 1)
            throw new InvalidJobOptionException(nameof(MaxHandlerTransactions), MaxHandlerTransactions, "use a positive number");
        if (VacuumAfterJobs < 0) throw new InvalidJobOptionException(nameof(VacuumAfterJobs), VacuumAfterJobs, "use 0 for never, or a positive number");
        return this;
    }
}

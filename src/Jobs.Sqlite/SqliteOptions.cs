namespace Jobs.Sqlite;

/// <summary>How jobs are kept in a SQLite file.</summary>
public sealed class SqliteOptions
{
    /// <summary>
    /// When a commit counts as written; default <see cref="SqliteSynchronous.Normal"/>. With it a crash of the process loses nothing, but a
    /// power loss or a crash of the operating system may lose the commits of the last seconds: acknowledged jobs may be gone and ended ones
    /// run again. <see cref="SqliteSynchronous.Full"/> waits for the disk and loses nothing.
    /// </summary>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Normal;

    /// <summary>How long a commit waits for another process that writes to the file; default 30 seconds, at most an hour.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the library creates and updates the tables when it starts; default true. False expects them to be there.</summary>
    public bool MigrateAtStart { get; set; } = true;

    /// <summary>How many queries may read at the same time; default 4, from 1 to 64. More of them wait.</summary>
    public int MaxReaders { get; set; } = 4;

    internal SqliteOptions Checked()
    {
        if (!Enum.IsDefined(Synchronous)) throw new InvalidJobOptionException(nameof(Synchronous), Synchronous, "use Normal or Full");
        if (BusyTimeout <= TimeSpan.Zero || BusyTimeout > TimeSpan.FromHours(1))
            throw new InvalidJobOptionException(nameof(BusyTimeout), BusyTimeout, "use a positive time of at most an hour");
        if (MaxReaders is < 1 or > 64) throw new InvalidJobOptionException(nameof(MaxReaders), MaxReaders, "use 1 to 64");
        return this;
    }
}

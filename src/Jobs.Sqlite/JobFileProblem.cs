namespace Jobs.Sqlite;

/// <summary>What is wrong with a file that jobs are kept in.</summary>
public enum JobFileProblem
{
    /// <summary>Something that SQLite reports and that has no name here; the inner exception says what.</summary>
    Other,

    /// <summary>The folder is missing, or the path is one.</summary>
    CannotOpen,

    /// <summary>The file is not a SQLite database.</summary>
    NotADatabase,

    /// <summary>The file is a SQLite database of something else.</summary>
    HoldsOtherTables,

    /// <summary>The tables are missing, and the library was told not to create them.</summary>
    NotMigrated,

    /// <summary>A newer version of the library has set the tables up.</summary>
    NewerVersion,

    /// <summary>Another process kept the file locked for longer than the busy timeout.</summary>
    Locked,

    /// <summary>The disk, or the quota, is full.</summary>
    DiskFull,

    /// <summary>The file or its folder cannot be written to.</summary>
    ReadOnly,

    /// <summary>The file is damaged.</summary>
    Damaged,

    /// <summary>The disk reports an error, or the file system lacks what SQLite needs (network file systems often do).</summary>
    InputOutput,
}

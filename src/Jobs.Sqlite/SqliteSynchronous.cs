namespace Jobs.Sqlite;

/// <summary>When a commit counts as written.</summary>
public enum SqliteSynchronous
{
    /// <summary>
    /// When the operating system has it. The default: a crash of the process loses nothing; a power loss or a crash of the operating system
    /// may lose the last commits. The file stays consistent in any case.
    /// </summary>
    Normal,

    /// <summary>When the disk has it: every commit waits for the disk, and a power loss loses nothing.</summary>
    Full,
}

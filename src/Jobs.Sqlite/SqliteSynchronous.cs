namespace Jobs.Sqlite;

/// <summary>When a commit counts as written.</summary>
public enum SqliteSynchronous
{
    /// <summary>
    /// When the operating system has it. The default: a crash of the process loses nothing. A power loss or a crash of the operating system may
    /// lose the commits of the last seconds, all those that came after the last checkpoint of the write-ahead log at worst: jobs whose enqueue
    /// has returned may be gone, and jobs that had ended may run again. The file stays consistent, and what it then holds is a state that
    /// there was.
    /// </summary>
    Normal,

    /// <summary>
    /// When the disk has it: every commit waits for the disk, and a power loss loses nothing, if the disk keeps what it says it has. Jobs that
    /// are enqueued one by one then take as long as the disk does.
    /// </summary>
    Full,
}

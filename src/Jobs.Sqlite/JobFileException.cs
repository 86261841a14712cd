using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Jobs.Sqlite;

/// <summary>The file that jobs are kept in cannot be used; the message ends with the remedy.</summary>
public sealed class JobFileException : IOException
{
    internal JobFileException(string path, JobFileProblem problem, Exception? inner = null) : base(MessageOf(path, problem, inner), inner)
    {
        Path = path;
        Problem = problem;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What is wrong with it.</summary>
    public JobFileProblem Problem { get; }

    internal static JobFileException From(string path, SqliteException e) => new(path, ProblemOf(e), e);

    private static JobFileProblem ProblemOf(SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_CANTOPEN => JobFileProblem.CannotOpen,
        raw.SQLITE_NOTADB => JobFileProblem.NotADatabase,
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => JobFileProblem.Locked,
        raw.SQLITE_FULL => JobFileProblem.DiskFull,
        raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH => JobFileProblem.ReadOnly,
        raw.SQLITE_CORRUPT => JobFileProblem.Damaged,
        raw.SQLITE_IOERR or raw.SQLITE_NOLFS or raw.SQLITE_PROTOCOL => JobFileProblem.InputOutput,
        _ => JobFileProblem.Other,
    };

    private static string MessageOf(string path, JobFileProblem problem, Exception? inner) => problem switch
    {
        JobFileProblem.CannotOpen when Directory.Exists(path) => $"The job file '{path}' is a folder. Name a file in it.",
        JobFileProblem.CannotOpen when !Directory.Exists(System.IO.Path.GetDirectoryName(path)) =>
            $"The job file '{path}' cannot be created, because its folder is missing. Create the folder, or name a file elsewhere.",
        JobFileProblem.CannotOpen =>
            $"The job file '{path}' cannot be opened. Give the process the right to read and write it and its folder.",
        JobFileProblem.NotADatabase => $"The file '{path}' is not a SQLite database. Name another file, or move this one away.",
        JobFileProblem.HoldsOtherTables => $"The SQLite database '{path}' holds other tables. Give jobs a file of their own.",
        JobFileProblem.NotMigrated => $"The job file '{path}' lacks tables of this version. Set MigrateAtStart, or call Migrator.MigrateAsync.",
        JobFileProblem.NewerVersion =>
            $"The job file '{path}' has tables of a newer version. Run the library version that set it up, or a later one.",
        JobFileProblem.Locked =>
            $"The job file '{path}' was locked by another process for longer than the busy timeout. End that process, or raise BusyTimeout.",
        JobFileProblem.DiskFull => $"The job file '{path}' cannot grow, because the disk is full. Free some space.",
        JobFileProblem.ReadOnly =>
            $"The job file '{path}' cannot be written to. Give the process the right to write it and its folder.",
        JobFileProblem.Damaged => $"The job file '{path}' is damaged. Restore it, with the -wal file beside it, from a backup.",
        JobFileProblem.InputOutput =>
            $"The job file '{path}' cannot be read or written: {inner?.Message} Put it on a healthy local disk; network file systems do not do.",
        _ => $"The job file '{path}' cannot be used: {inner?.Message} Look that up under sqlite.org/rescode.html.",
    };
}

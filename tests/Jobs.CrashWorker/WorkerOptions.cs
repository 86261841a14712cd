using System.Globalization;
using Jobs.Core;

namespace Jobs.CrashWorker;

/// <summary>What a process is told.</summary>
/// <param name="Target">Where the jobs are: the path of a SQLite file, or a connection string.</param>
/// <param name="Schema">The schema in PostgreSQL; null means SQLite.</param>
/// <param name="Seed">The seed of every draw; each run draws differently from it.</param>
/// <param name="Run">The number of the run, from 1; names of jobs begin with it.</param>
/// <param name="Drains">Whether it enqueues nothing, ends what is there, and stops in order.</param>
internal sealed record WorkerOptions(string Target, string? Schema, int Seed, int Run, bool Drains)
{
    internal static WorkerOptions Parse(string[] args) => args switch
    {
        ["sqlite", var path, .. var rest] => Parse(path, null, rest),
        ["postgres", var connection, var schema, .. var rest] => Parse(connection, schema, rest),
        _ => throw new ArgumentException("usage: Jobs.CrashWorker sqlite FILE | postgres CONNECTION SCHEMA, then SEED RUN [drain]"),
    };

    internal string[] ToArguments() =>
        [.. Schema is null ? ["sqlite", Target] : new[] { "postgres", Target, Schema }, Text(Seed), Text(Run), .. Drains ? ["drain"] : Array.Empty<string>()];

    internal void ApplyTo(JobsBuilder jobs)
    {
        if (Schema is null) jobs.UseSqlite(Target);
        else jobs.UsePostgres(Target, options => options.Schema = Schema);
    }

    private static WorkerOptions Parse(string target, string? schema, string[] rest) => new(
        target, schema, int.Parse(rest[0], CultureInfo.InvariantCulture), int.Parse(rest[1], CultureInfo.InvariantCulture), rest.Length > 2);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

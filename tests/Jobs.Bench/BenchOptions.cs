using System.Globalization;

namespace Jobs.Bench;

/// <summary>What to measure, and on what.</summary>
internal sealed record BenchOptions
{
    internal const string Usage = """
        usage: Jobs.Bench [OPTION VALUE]...

          --store memory|sqlite|postgres     where jobs are kept (default: memory)
          --measure NAME                     one measure only: enqueue_single, enqueue_batch, drain, cycle, latency, cron, soak
                                             or open (default: all but soak and open)
          --jobs N                           jobs of each round of a measure (default: 100000); on durable stores enqueue_single takes at most 20000;
                                             open has so many that wait and as many that are delayed
          --concurrency N                    jobs that run at a time (default: 24)
          --rounds N                         rounds of each measure; the median is printed (default: 5)
          --warm-ups N                       rounds before those, which do not count (default: 5 in memory, 8 on durable stores)
          --callers N                        callers of enqueue_single (default: 64)
          --engine embedded|cluster          the engine (default: embedded); the cluster has a program of its own, tests/Jobs.Cluster.Bench, which
                                             takes the other options and some more: --engine cluster --help

        With --store sqlite:
          --sqlite-file FILE                 a file that does not exist yet; it is removed afterwards (default: in a temporary folder)
          --sqlite-synchronous normal|full   normal may lose the last commits in a power cut, full may not (default: normal)

        With --store postgres:
          --postgres CONNECTION              an Npgsql connection string (default: the one that JOBS_TEST_POSTGRES names, or else a throwaway
                                             server on loopback, started from the installed binaries)
          --schema NAME                      a schema that does not exist yet; it is dropped afterwards (default: a new one)

        With --measure soak:
          --report-every N                   jobs between two rows of the report (default: a twentieth of --jobs)
          --keep-for SECONDS                 how long finished jobs are kept (default: 86400)
        """;

    private static readonly string[] Measures = ["enqueue_single", "enqueue_batch", "drain", "cycle", "latency", "cron", "soak", "open"];

    /// <summary>The engine: <c>embedded</c>.</summary>
    internal string Engine { get; init; } = "embedded";

    /// <summary>The store: <c>memory</c>, <c>sqlite</c> or <c>postgres</c>.</summary>
    internal string Store { get; init; } = "memory";

    /// <summary>How many jobs each round runs.</summary>
    internal int Jobs { get; init; } = 100_000;

    /// <summary>How many jobs run at a time.</summary>
    internal int Concurrency { get; init; } = 24;

    /// <summary>How many callers enqueue one job at a time.</summary>
    internal int Callers { get; init; } = 64;

    /// <summary>How often each measure is taken; the median is printed.</summary>
    internal int Rounds { get; init; } = 5;

    /// <summary>Rounds that do not count; null for the store's default.</summary>
    internal int? GivenWarmUps { get; init; }

    /// <summary>The only measure to take; null for all but the soak and the opening.</summary>
    internal string? Measure { get; init; }

    internal string? SqliteFile { get; init; }

    internal bool SqliteFull { get; init; }

    internal string? Postgres { get; init; }

    internal string? Schema { get; init; }

    internal int? GivenReportEveryJobs { get; init; }

    internal int KeepForSeconds { get; init; } = 86_400;

    internal bool IsDurable => Store is not "memory";

    /// <summary>Rounds until the JIT has compiled the hot path for good.</summary>
    internal int WarmUps => GivenWarmUps ?? (IsDurable ? 8 : 5);

    internal int SingleJobs => IsDurable ? Math.Min(Jobs, 20_000) : Jobs;

    internal int ReportEveryJobs => GivenReportEveryJobs ?? Math.Max(1, Jobs / 20);

    /// <summary>The name under which figures are printed.</summary>
    internal string System => $"jobs-{Engine}-{Store}{(SqliteFull ? "-full" : "")}";

    internal static BenchOptions Parse(string[] args)
    {
        var options = new BenchOptions();
        var given = new HashSet<string>();
        for (var i = 0; i < args.Length; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal)) throw new FormatException($"'{args[i]}' is not an option.");
            if (!given.Add(args[i])) throw new FormatException($"{args[i]} is given twice.");
            var value = i + 1 < args.Length ? args[i + 1] : throw new FormatException($"{args[i]} needs a value.");
            options = options.With(args[i], value);
        }

        foreach (var name in given) options.RequireUse(name);
        return options;
    }

    internal bool Wants(string measure) => Measure is null || Measure == measure;

    private BenchOptions With(string name, string value) => name switch
    {
        "--engine" => this with { Engine = OneOf(name, value, "embedded") },
        "--callers" => this with { Callers = Number(name, value, 1) },
        "--store" => this with { Store = OneOf(name, value, "memory", "sqlite", "postgres") },
        "--jobs" => this with { Jobs = Number(name, value, 1) },
        "--concurrency" => this with { Concurrency = Number(name, value, 1) },
        "--rounds" => this with { Rounds = Number(name, value, 1) },
        "--warm-ups" => this with { GivenWarmUps = Number(name, value, 0) },
        "--measure" => this with { Measure = OneOf(name, value, Measures) },
        "--sqlite-file" => this with { SqliteFile = value },
        "--sqlite-synchronous" => this with { SqliteFull = OneOf(name, value, "normal", "full") == "full" },
        "--postgres" => this with { Postgres = value },
        "--schema" => this with { Schema = value },
        "--report-every" => this with { GivenReportEveryJobs = Number(name, value, 1) },
        "--keep-for" => this with { KeepForSeconds = Number(name, value, 0) },
        _ => throw new FormatException($"{name} is not known."),
    };

    /// <summary>An option that would change nothing was meant for something else.</summary>
    private void RequireUse(string name)
    {
        var (isUsed, needs) = name switch
        {
            "--sqlite-file" or "--sqlite-synchronous" => (Store == "sqlite", "--store sqlite"),
            "--postgres" or "--schema" => (Store == "postgres", "--store postgres"),
            "--report-every" or "--keep-for" => (Measure == "soak", "--measure soak"),
            "--rounds" or "--warm-ups" => (Measure != "soak", "another measure than soak, which runs once"),
            _ => (true, ""),
        };
        if (Measure == "open" && !IsDurable) throw new FormatException("--measure open needs --store sqlite or --store postgres.");
        if (!isUsed) throw new FormatException($"{name} needs {needs}.");
    }

    private static string OneOf(string name, string value, params string[] known) =>
        known.Contains(value) ? value : throw new FormatException($"{name} is one of {string.Join(", ", known)}, and not '{value}'.");

    private static int Number(string name, string value, int least) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new FormatException($"{name} is a number of at least {least}, and not '{value}'.");
}

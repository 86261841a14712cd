using System.Globalization;
using Jobs.Bench;

namespace Jobs.Cluster.Bench;

/// <summary>What to measure on which clusters; the rest are the options of <see cref="BenchOptions"/>.</summary>
/// <param name="Bench">What is measured.</param>
/// <param name="Silos">The numbers of silos of the clusters that are compared.</param>
/// <param name="WithEmbedded">Whether the engine in this process is measured beside them.</param>
/// <param name="PartitionsPerSilo">How many partitions the queue has for each silo of its cluster.</param>
internal sealed record ClusterBenchOptions(BenchOptions Bench, IReadOnlyList<int> Silos, bool WithEmbedded, int PartitionsPerSilo)
{
    internal const string Usage = $"""
        usage: Jobs.Cluster.Bench [OPTION VALUE]...

        Measures clusters of silo processes on PostgreSQL, with this process as their client, beside the engine in this process. All systems
        take turns in each round, on one server, in schemas of their own.

          --silos LIST                       the silos of each cluster (default: 1,2)
          --embedded yes|no                  whether the engine in this process is measured as well (default: yes)
          --partitions N                     partitions of the queue for each silo of a cluster (default: 1)

        Those of Jobs.Bench are known too; the store is PostgreSQL, and enqueue_single has 500 callers unless --callers says otherwise.
        """;

    private static readonly string[] Own = ["--silos", "--embedded", "--partitions"];

    internal static ClusterBenchOptions Parse(string[] args)
    {
        var own = Own.ToDictionary(name => name, _ => (string?)null);
        List<string> others = args.Contains("--store") ? [] : ["--store", "postgres"];
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            if (own.ContainsKey(args[i])) own[args[i]] = args[i + 1];
            else others.AddRange([args[i], args[i + 1]]);
        }

        if (args.Length % 2 == 1) others.Add(args[^1]);
        if (!args.Contains("--callers")) others.AddRange(["--callers", "500"]);
        var bench = BenchOptions.Parse([.. others]);
        if (bench.Store is not "postgres") throw new FormatException("A cluster's silos are processes of their own, so --store is postgres.");
        return new ClusterBenchOptions(
            bench,
            [.. (own["--silos"] ?? "1,2").Split(',').Select(text => Number("--silos", text))],
            own["--embedded"] switch
            {
                null or "yes" => true,
                "no" => false,
                var other => throw new FormatException($"--embedded is yes or no, and not '{other}'."),
            },
            Number("--partitions", own["--partitions"] ?? "1"));
    }

    /// <summary>The same on a server that was started for it.</summary>
    internal ClusterBenchOptions On(string? server) => server is null ? this : this with { Bench = Bench with { Postgres = server } };

    private static int Number(string name, string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
        ? number
        : throw new FormatException($"{name} takes positive numbers, and not '{text}'.");
}

using System.Globalization;

namespace Jobs.Cluster.Bench;

/// <summary>What an idle cluster has that costs something, and for how long it is measured.</summary>
/// <param name="Silos">How many silos.</param>
/// <param name="Schedules">Schedules that are not due.</param>
/// <param name="Queues">Queues that have had a job each and have none.</param>
/// <param name="SettleSeconds">How long the cluster is left alone before.</param>
/// <param name="Seconds">How long it is measured.</param>
internal sealed record IdleOptions(int Silos = 3, int Schedules = 10_000, int Queues = 1_000, int SettleSeconds = 60, int Seconds = 120)
{
    internal const string Usage = """
        usage: Jobs.Cluster.Bench idle [OPTION VALUE]...

        Prints what a cluster costs that has nothing to do: processor time of its silos and of PostgreSQL, and statements per minute.

          --silos N                          silo processes (default: 3)
          --schedules N                      schedules that are not due (default: 10000)
          --queues N                         queues that have had one job (default: 1000)
          --settle SECONDS                   left alone before it is measured (default: 60)
          --seconds SECONDS                  measured (default: 120)
        """;

    internal static IdleOptions Parse(string[] args) => args.Chunk(2).Aggregate(new IdleOptions(), (options, pair) => pair switch
    {
        ["--silos", var value] => options with { Silos = Number(value) },
        ["--schedules", var value] => options with { Schedules = Number(value) },
        ["--queues", var value] => options with { Queues = Number(value) },
        ["--settle", var value] => options with { SettleSeconds = Number(value) },
        ["--seconds", var value] => options with { Seconds = Math.Max(1, Number(value)) },
        _ => throw new FormatException($"'{pair[0]}' is no option of idle, or has no value."),
    });

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new FormatException($"'{text}' is no number.");
}

using System.Globalization;

namespace Jobs.Bench;

/// <summary>What to measure.</summary>
/// <param name="Engine">The engine: <c>embedded</c>.</param>
/// <param name="Store">The store: <c>memory</c>.</param>
/// <param name="Jobs">How many jobs each measure runs.</param>
/// <param name="Concurrency">How many jobs run at a time.</param>
/// <param name="Rounds">How often each measure is taken; the median is printed.</param>
/// <param name="Measure">The only measure to take; null for all.</param>
internal sealed record BenchOptions(string Engine, string Store, int Jobs, int Concurrency, int Rounds, string? Measure)
{
    internal const string Usage =
        "usage: Jobs.Bench [--engine embedded] [--store memory] [--jobs N] [--concurrency N] [--rounds N] [--measure NAME]";

    internal static BenchOptions Parse(string[] args)
    {
        var options = new BenchOptions("embedded", "memory", 100_000, 24, 5, null);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length) throw new FormatException($"{args[i]} needs a value. {Usage}");
            var value = args[i + 1];
            options = args[i] switch
            {
                "--engine" => options with { Engine = OneOf(value, "embedded") },
                "--store" => options with { Store = OneOf(value, "memory") },
                "--jobs" => options with { Jobs = Positive(value) },
                "--concurrency" => options with { Concurrency = Positive(value) },
                "--rounds" => options with { Rounds = Positive(value) },
                "--measure" => options with { Measure = OneOf(value, "enqueue_single", "enqueue_batch", "drain", "cycle", "latency", "cron") },
                _ => throw new FormatException($"{args[i]} is not known. {Usage}"),
            };
        }

        return options;
    }

    internal bool Wants(string measure) => Measure is null || Measure == measure;

    private static string OneOf(string value, params string[] known) =>
        known.Contains(value) ? value : throw new FormatException($"'{value}' is not one of {string.Join(", ", known)}. {Usage}");

    private static int Positive(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"'{value}' is not a positive number. {Usage}");
}

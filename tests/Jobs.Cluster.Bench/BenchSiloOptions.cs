using System.Globalization;

namespace Jobs.Cluster.Bench;

/// <summary>What a silo process is told when it is started.</summary>
internal sealed record BenchSiloOptions(
    string ConnectionString, string Schema, int Concurrency, int Partitions, int KeepForSeconds, bool CountsCompletions)
{
    internal static BenchSiloOptions Parse(string[] args) => args is [var connection, var schema, .. var numbers]
        ? new BenchSiloOptions(connection, schema, Number(numbers[0]), Number(numbers[1]), Number(numbers[2]), bool.Parse(numbers[3]))
        : throw new FormatException("A silo is started by the bench itself.");

    internal string[] ToArguments() => [ConnectionString, Schema, Text(Concurrency), Text(Partitions), Text(KeepForSeconds), $"{CountsCompletions}"];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

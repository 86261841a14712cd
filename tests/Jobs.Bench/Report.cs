using System.Text.Json;

namespace Jobs.Bench;

/// <summary>Prints one JSON line per figure.</summary>
internal static class Report
{
    internal static void Print(string system, string measure, double value, string unit) => Console.WriteLine(JsonSerializer.Serialize(
        new { system, measure, value = Math.Round(value, 4), unit }));

    internal static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}

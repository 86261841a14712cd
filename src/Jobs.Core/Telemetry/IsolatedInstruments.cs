using System.Diagnostics.Metrics;

namespace Jobs.Core;

/// <summary>Measurements whose listeners' faults stay inside: they are made on the turn of a partition.</summary>
internal static class IsolatedInstruments
{
    internal static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    internal static void Count(this Counter<long> counter, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            counter.Add(1, tags);
        }
        catch (Exception)
        {
            // The listener's own fault.
        }
    }

    internal static void Tell<T>(this Histogram<T> histogram, T value, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct
    {
        try
        {
            histogram.Record(value, tags);
        }
        catch (Exception)
        {
            // The listener's own fault.
        }
    }
}

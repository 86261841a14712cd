using System.Diagnostics;

namespace Jobs.Core;

/// <summary>
/// Baggage: what an application says of a request for everybody behind it. It goes with the job as the header <c>baggage</c>, as the W3C
/// writes it, and is on the span of the run again, from where it goes on to what the handler calls and enqueues.
/// </summary>
internal static class TraceBaggage
{
    /// <summary>Puts what came with the job on the span of its run.</summary>
    internal static void Restore(Activity? run, JobRecord job)
    {
        if (run is null || !job.Terms.Headers.TryGetValue(RequestBaggage.Header, out var text)) return;
        var items = RequestBaggage.W3C.ExtractBaggage(text, static (object? carrier, string name, out string? value, out IEnumerable<string>? values) =>
        {
            values = null;
            value = name == RequestBaggage.Header ? (string?)carrier : null;
        });
        foreach (var (name, value) in items ?? []) run.SetBaggage(name, value);
    }
}

using System.Diagnostics;

namespace Jobs;

/// <summary>What an application says of a request for everybody behind it; it goes with a job as a header, as the W3C writes it.</summary>
internal static class RequestBaggage
{
    internal const string Header = "baggage";

    internal static DistributedContextPropagator W3C { get; } = DistributedContextPropagator.CreateW3CPropagator();

    /// <summary>The baggage of a span and of those around it, as text; null if there is none.</summary>
    internal static string? Of(Activity activity)
    {
        using var items = activity.Baggage.GetEnumerator();
        if (!items.MoveNext()) return null;
        string? text = null;
        W3C.Inject(activity, null, (_, name, value) =>
        {
            if (name == Header) text = value;
        });
        return text;
    }

    /// <summary>The headers with the baggage of the current span, unless the caller said some himself or it is too long to be kept.</summary>
    internal static IReadOnlyDictionary<string, string> AddTo(IReadOnlyDictionary<string, string> headers, int maxChars)
    {
        if (Activity.Current is not { } current || Of(current) is not { } baggage || headers.ContainsKey(Header)) return headers;
        var chars = headers.Sum(h => (long)h.Key.Length + h.Value.Length) + Header.Length + baggage.Length;
        if (chars > maxChars) return headers;
        return new Dictionary<string, string>(headers, StringComparer.OrdinalIgnoreCase) { [Header] = baggage };
    }
}

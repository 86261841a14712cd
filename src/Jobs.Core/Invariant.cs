namespace Jobs.Core;

/// <summary>Assertions that stay on in release: a broken promise stops the work before it spreads.</summary>
internal static class Invariant
{
    internal static void Holds(bool condition, string promise)
    {
        if (!condition) throw new InvalidOperationException($"Broken invariant: {promise}. This is a fault in the library; please report it.");
    }
}

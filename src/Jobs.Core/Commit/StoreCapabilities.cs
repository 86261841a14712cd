namespace Jobs.Core;

/// <summary>What a store can do; asked, never guessed.</summary>
/// <param name="IsDurable">Committed jobs survive the process.</param>
public sealed record StoreCapabilities(bool IsDurable);

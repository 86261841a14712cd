namespace Jobs.Core;

/// <summary>What a store can do; asked, never guessed.</summary>
/// <param name="IsDurable">Committed jobs survive the process, and several processes can be on the same data.</param>
/// <param name="HasIntakeLane">
/// A commit of nothing but new jobs can be under way beside one other commit, both fenced, and neither waits for the other; default false.
/// </param>
/// <param name="HasManyOwners">
/// While several processes are on the same data, each of them can own some of the partitions; default false: one of them owns all.
/// </param>
public sealed record StoreCapabilities(bool IsDurable, bool HasIntakeLane = false, bool HasManyOwners = false);

using Jobs.Core;

namespace Jobs.Testing;

/// <summary>A call that an engine makes to its store.</summary>
/// <param name="Kind">What it asks.</param>
/// <param name="Number">Which call of its kind it is, from 1.</param>
/// <param name="Units">What it commits; empty for other calls.</param>
public sealed record StoreCall(StoreCallKind Kind, long Number, IReadOnlyList<CommitUnit> Units);

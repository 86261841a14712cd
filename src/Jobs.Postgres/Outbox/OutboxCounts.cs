namespace Jobs.Postgres;

/// <summary>How many messages an outbox holds.</summary>
/// <param name="Pending">Those that wait to be published, for the first time or again.</param>
/// <param name="Parked">Those that failed too often and wait for somebody to look at them.</param>
public sealed record OutboxCounts(long Pending, long Parked);

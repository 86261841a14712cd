namespace Jobs.Postgres;

/// <summary>A message as a drain reads it.</summary>
/// <param name="Id">Its number in its table.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Payload">What it says, as JSON.</param>
/// <param name="Created">When it was written.</param>
/// <param name="Attempts">How often publishing it has failed.</param>
public sealed record OutboxMessage(long Id, string Kind, string Payload, DateTimeOffset Created, int Attempts);

namespace Jobs.Postgres;

/// <summary>What a pass over an outbox has done.</summary>
/// <param name="Published">Messages that became jobs.</param>
/// <param name="Failed">Failures; each is due again after its back-off, or parked.</param>
public readonly record struct OutboxPass(int Published, int Failed);

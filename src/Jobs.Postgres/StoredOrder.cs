namespace Jobs.Postgres;

/// <summary>
/// The parts of an order key as the table keeps them: times are counted in microseconds since 1970, as PostgreSQL itself can compute
/// them (<c>reorder.sql</c>); everything else is kept as it is.
/// </summary>
internal static class StoredOrder
{
    internal static long Of(long part, bool isTime) => part == long.MinValue || !isTime
        ? part
        : (part - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}

namespace Jobs;

/// <summary>There is no place for schedules here: the store keeps none, or the client cannot reach them.</summary>
public sealed class SchedulesNotKeptException(string where)
    : JobsException($"{where} keeps no schedules. Use a store that does (in memory, SQLite, PostgreSQL), or leave schedules out.")
{
    /// <summary>What was asked.</summary>
    public string Where { get; } = where;
}

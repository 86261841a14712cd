namespace Jobs;

/// <summary>There is no place for settings here, such as pauses and subscriptions: the store keeps none, or the client cannot reach them.</summary>
public sealed class SettingsNotKeptException(string where)
    : JobsException($"{where} keeps no settings. Use a store that does (in memory, SQLite, PostgreSQL).")
{
    /// <summary>What was asked.</summary>
    public string Where { get; } = where;
}

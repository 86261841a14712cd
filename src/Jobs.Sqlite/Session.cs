using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Jobs.Sqlite;

/// <summary>A connection and the statements it has prepared, which are reused; for one thread at a time.</summary>
internal sealed class Session(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    /// <summary>Prepares a file's statement once, with something put in for a mark in it.</summary>
    internal Statement this[string name, string mark = "", string text = ""]
    {
        get
        {
            var key = name + text;
            if (_statements.TryGetValue(key, out var statement)) return statement;
            var sql = SqlText.Load(name);
            return Add(key, mark.Length == 0 ? sql : sql.Replace(mark, text, StringComparison.Ordinal));
        }
    }

    internal void Begin() => Run("begin immediate");

    internal void Commit() => Run("commit");

    internal void Rollback() => Run("rollback");

    /// <summary>Runs a statement that has no parameters and no file of its own.</summary>
    internal void Run(string sql) => (_statements.TryGetValue(sql, out var statement) ? statement : Add(sql, sql)).Execute();

    /// <summary>Stops what runs on another thread.</summary>
    internal void Interrupt() => raw.sqlite3_interrupt(connection.Handle!);

    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        connection.Dispose();
    }

    private Statement Add(string key, string sql)
    {
        var statement = new Statement(connection.Handle!, sql);
        _statements.Add(key, statement);
        return statement;
    }
}

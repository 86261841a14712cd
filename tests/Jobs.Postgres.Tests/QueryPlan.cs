using System.Text.Json;
using Npgsql;

namespace Jobs.Postgres.Tests;

/// <summary>How PostgreSQL carried out a statement: the tables it read, how, and how many rows of each.</summary>
internal sealed class QueryPlan
{
    private readonly List<(string Node, string Relation, string? Index, long Rows)> _reads = [];

    /// <summary>Carries a statement out in a transaction that is undone, with the settings that the store gives its connections.</summary>
    internal static async Task<QueryPlan> OfAsync(NpgsqlDataSource database, string sql, Action<NpgsqlParameterCollection> bind)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var settings = new NpgsqlCommand("set local plan_cache_mode = force_custom_plan; set local jit = off", connection);
        await settings.ExecuteNonQueryAsync();
        await using var explain = new NpgsqlCommand("explain (analyze, format json) " + sql, connection);
        bind(explain.Parameters);
        using var answer = JsonDocument.Parse((string)(await explain.ExecuteScalarAsync())!);
        var plan = new QueryPlan();
        plan.Add(answer.RootElement[0].GetProperty("Plan"));
        return plan;
    }

    /// <summary>The tables that were read.</summary>
    internal IReadOnlySet<string> Relations => _reads.Select(r => r.Relation).ToHashSet(StringComparer.Ordinal);

    /// <summary>Rows that were read of a table, those included that did not count in the end.</summary>
    internal long RowsOf(string relation) => _reads.Where(r => r.Relation == relation).Sum(r => r.Rows);

    /// <summary>Whether a table was read from its beginning to its end.</summary>
    internal bool Scans(string relation) => _reads.Any(r => r.Relation == relation && r.Node == "Seq Scan");

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', _reads.Select(r => $"{r.Node} of {r.Relation} by {r.Index}: {r.Rows} rows"));

    private void Add(JsonElement node)
    {
        var loops = node.GetProperty("Actual Loops").GetDouble();
        if (node.TryGetProperty("Relation Name", out var relation) && node.GetProperty("Node Type").GetString() is { } type && type != "ModifyTable")
        {
            var index = node.TryGetProperty("Index Name", out var name) ? name.GetString() : null;
            var rows = node.GetProperty("Actual Rows").GetDouble();
            foreach (var removed in (string[])["Rows Removed by Filter", "Rows Removed by Index Recheck"])
                rows += node.TryGetProperty(removed, out var more) ? more.GetDouble() : 0;
            _reads.Add((type, relation.GetString()!, index, (long)(rows * loops)));
        }

        if (!node.TryGetProperty("Plans", out var children)) return;
        foreach (var child in children.EnumerateArray()) Add(child);
    }
}

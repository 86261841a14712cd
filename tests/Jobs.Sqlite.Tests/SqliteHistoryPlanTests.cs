using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace Jobs.Sqlite.Tests;

/// <summary>Pruning goes by index, and never looks at unfinished jobs.</summary>
public sealed partial class SqliteHistoryPlanTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("prune_done", "job_done", "job_done_keep")]
    [InlineData("prune_cutoff", "job_done", "job_done_outcome", "job_done_emptied")]
    [InlineData("prune_cutoff", "job_dead", "job_dead_outcome", "job_dead_emptied")]
    [InlineData("prune_bytes", "job_done", "job_done_outcome", "job_done_emptied")]
    [InlineData("prune_bytes", "job_dead", "job_dead_outcome", "job_dead_emptied")]
    [InlineData("prune_size", "job_done", "job_done_outcome", "job_done_emptied")]
    [InlineData("prune_size", "job_dead", "job_dead_outcome", "job_dead_emptied")]
    [InlineData("prune_beyond", "job_done", "job_done_outcome", "job_done_emptied")]
    [InlineData("prune_beyond", "job_dead", "job_dead_outcome", "job_dead_emptied")]
    [InlineData("prune_payloads", "job_done", "job_done_outcome")]
    [InlineData("prune_payloads", "job_dead", "job_dead_outcome")]
    public async Task A_statement_searches_by_its_indexes(string name, string table, params string[] indexes)
    {
        await Migrator.MigrateAsync(_folder["jobs.db"]);
        using var connection = new SqliteConnection($"Data Source={_folder["jobs.db"]};Pooling=false");
        connection.Open();
        using var explain = new SqliteCommand("explain query plan " + SqlText.Load(name).Replace("{table}", table, StringComparison.Ordinal), connection);
        string[] parameters =
            ["as_of", "queue", "state", "kept", "finished_at", "sequence", "last_partition", "max_records", "record_bytes", "bytes_left"];
        foreach (var parameter in parameters) explain.Parameters.AddWithValue("@" + parameter, 1);
        using var reader = explain.ExecuteReader();
        var plan = new List<string>();
        while (reader.Read()) plan.Add(reader.GetString(3));
        var text = string.Join('\n', plan);
        Assert.False(plan.Exists(ScanOfTable().IsMatch), text);
        Assert.False(plan.Exists(UnfinishedJobs().IsMatch), text);
        foreach (var index in indexes) Assert.Contains($"INDEX {index} ", text, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex("^SCAN job")]
    private static partial Regex ScanOfTable();

    [GeneratedRegex("^(SCAN|SEARCH) job( |$)")]
    private static partial Regex UnfinishedJobs();
}

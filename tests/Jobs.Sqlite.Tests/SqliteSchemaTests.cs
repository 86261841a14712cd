using System.Text.RegularExpressions;
using Jobs.Conformance;
using Microsoft.Data.Sqlite;

namespace Jobs.Sqlite.Tests;

/// <summary>The schema after all migrations is the one that schema.txt lists.</summary>
public sealed partial class SqliteSchemaTests : IDisposable
{
    private const string Question = """
        select s.type || ' ' || s.name, coalesce(s.sql, '') from sqlite_schema s
        union all
        select s.type || ' ' || s.name || '.' || printf('%02d', c.cid),
          c.name || ' ' || c.type || iif(c."notnull", ' not null', '') || coalesce(' default ' || c.dflt_value, '') || iif(c.pk, ' key ' || c.pk, '')
        from sqlite_schema s, pragma_table_xinfo(s.name) c where s.type in ('table', 'view')
        order by 1
        """;

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task The_schema_is_the_listed_one()
    {
        await Migrator.MigrateAsync(_folder["jobs.db"]);
        using var connection = new SqliteConnection($"Data Source={_folder["jobs.db"]};Pooling=false");
        connection.Open();
        using var command = new SqliteCommand(Question, connection);
        using var reader = command.ExecuteReader();
        var lines = new List<string>();
        while (reader.Read()) lines.Add($"{reader.GetString(0)}: {Spaces().Replace(Comment().Replace(reader.GetString(1), ""), " ")}");
        SchemaSnapshot.Check("Jobs.Sqlite.Tests", lines);
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex("--.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}

using Jobs.Conformance;
using Npgsql;

namespace Jobs.Postgres.Tests;

/// <summary>The schema after all migrations is the one that schema.txt lists.</summary>
public sealed class SchemaTests(PostgresFixture postgres)
{
    /// <summary>Tables of days are left out, because every day has other ones.</summary>
    private const string Relations = """
        select c.oid from pg_class c where c.relnamespace = '{schema}'::regnamespace and c.relname !~ '\d{8}'
        """;

    /// <summary>Each gives lines that begin with the name of what they are about. A view's text depends on the server's version.</summary>
    private static readonly string[] Questions =
    [
        $$"""
        select c.relname, 'table ' || c.relname || coalesce(' partition by ' || pg_get_partkeydef(c.oid), '')
          || coalesce(' ' || pg_get_expr(c.relpartbound, c.oid), '') || coalesce(' with ' || array_to_string(c.reloptions, ', '), '')
        from pg_class c where c.oid in ({{Relations}}) and c.relkind in ('r', 'p')
        """,
        $$"""
        select c.relname, '  ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
          || case when a.attnotnull then ' not null' else '' end || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
          || case a.attidentity when 'a' then ' identity' else '' end
        from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.oid in ({{Relations}}) and c.relkind in ('r', 'p', 'v') and a.attnum > 0 and not a.attisdropped order by c.relname, a.attnum
        """,
        $$"""
        select c.relname, '  ' || c.relname || ' constraint ' || pg_get_constraintdef(k.oid)
        from pg_constraint k join pg_class c on c.oid = k.conrelid where c.oid in ({{Relations}}) order by 1, 2
        """,
        $$"""
        select c.relname, '  ' || c.relname || ' index ' || pg_get_indexdef(i.indexrelid)
        from pg_index i join pg_class c on c.oid = i.indrelid where c.oid in ({{Relations}}) order by 1, 2
        """,
        """
        select 'function', pg_get_functiondef(p.oid) from pg_proc p where p.pronamespace = '{schema}'::regnamespace order by p.proname
        """,
    ];

    [Fact]
    public async Task The_schema_is_the_listed_one()
    {
        await using var database = NpgsqlDataSource.Create(postgres.Require());
        var schema = PostgresFixture.NewSchema();
        await Migrator.MigrateAsync(database, schema);
        var lines = new List<(string About, int Question, string Text)>();
        for (var question = 0; question < Questions.Length; question++)
        {
            await using var command = database.CreateCommand(Questions[question].Replace("{schema}", schema, StringComparison.Ordinal));
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                lines.Add((reader.GetString(0), question, reader.GetString(1).Replace(schema, "{schema}", StringComparison.Ordinal)));
        }

        var functions = Questions.Length - 1;
        SchemaSnapshot.Check("Jobs.Postgres.Tests", lines
            .OrderBy(line => line.Question == functions).ThenBy(line => line.About, StringComparer.Ordinal).ThenBy(line => line.Question)
            .Select(line => line.Text));
        await postgres.DropAsync(schema);
    }
}

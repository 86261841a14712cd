using System.Collections.Concurrent;
using System.Reflection;

namespace Jobs.Sqlite;

/// <summary>The SQL of this store by file name.</summary>
internal static class SqlText
{
    private const string Columns =
        "j.id, j.partition_id, j.task, j.state, j.priority, j.run_at, j.sequence, j.enqueued_at, j.unique_key, j.group_key, j.tags, "
        + "j.failures, j.deliveries, j.lost_deliveries, j.last_attempt, j.worker, j.started_at, j.payload, j.terms, j.notes";

    private static readonly ConcurrentDictionary<string, string> Loaded = new(StringComparer.Ordinal);

    internal static string Load(string name) => Loaded.GetOrAdd(name, static n => n switch
    {
        "list_newest" => Filled("list_jobs").Replace("{order}", "desc", StringComparison.Ordinal).Replace("{after}", "<", StringComparison.Ordinal),
        "list_oldest" => Filled("list_jobs").Replace("{order}", "asc", StringComparison.Ordinal).Replace("{after}", ">", StringComparison.Ordinal),
        _ => Filled(n),
    });

    /// <summary>The numbered migrations in their order.</summary>
    internal static IEnumerable<(string Name, string Text)> Migrations => Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith("Migrations/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(name => (Path.GetFileNameWithoutExtension(name), Resource(name)));

    private static string Filled(string name) => Resource($"Sql/{name}.sql").Replace("{columns}", Columns, StringComparison.Ordinal);

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

using System.Reflection;

namespace Jobs.Postgres;

/// <summary>The SQL of this store by file name, with the schema's name put in. A missing file is an error at start, not at the first use.</summary>
internal sealed class Statements
{
    private const string Columns =
        "j.id, p.queue, j.task, j.state, j.priority, j.run_at, j.sequence, j.enqueued_at, j.unique_key, j.group_key, j.tags, "
        + "j.failures, j.deliveries, j.lost_deliveries, j.last_attempt, j.worker, j.started_at, j.payload, j.terms, j.notes";

    private readonly string _schema;

    internal Statements(string schema)
    {
        _schema = schema;
        Epochs = Load("commit_epochs");
        Delete = Load("commit_delete");
        DeleteFinished = Load("commit_delete_finished");
        Insert = Load("commit_insert").Replace("{conflict}", "", StringComparison.Ordinal);
        InsertKeyed = Load("commit_insert").Replace(
            "{conflict}", "on conflict (unique_key) where unique_key is not null do nothing", StringComparison.Ordinal);
        InsertDone = Load("commit_finish").Replace("{table}", "job_done", StringComparison.Ordinal);
        InsertDead = Load("commit_finish").Replace("{table}", "job_dead", StringComparison.Ordinal);
        Holders = Load("commit_holders");
        OwnPartition = Load("own_partition");
        OwnSummary = Load("own_summary");
        OwnTasks = Load("own_tasks");
        OwnStarted = Load("own_started");
        ListPartitions = Load("list_partitions");
        PageReady = Load("page_ready");
        PageDue = Load("page_due");
        PageGroup = Load("page_group");
        Reorder = Load("reorder");
        Find = Load("find_job");
        IdsTaken = Load("ids_taken");
        ListNewest = Load("list_jobs").Replace("{order}", "desc", StringComparison.Ordinal).Replace("{after}", "<", StringComparison.Ordinal);
        ListOldest = Load("list_jobs").Replace("{order}", "asc", StringComparison.Ordinal).Replace("{after}", ">", StringComparison.Ordinal);
        Count = Load("count_jobs");
        Prune = Load("prune_done");
        ResolveEpoch = Load("resolve_epoch");
        ResolveJobs = Load("resolve_jobs");
    }

    internal string Epochs { get; }

    internal string Delete { get; }

    internal string DeleteFinished { get; }

    internal string Insert { get; }

    internal string InsertKeyed { get; }

    internal string InsertDone { get; }

    internal string InsertDead { get; }

    internal string Holders { get; }

    internal string OwnPartition { get; }

    internal string OwnSummary { get; }

    internal string OwnTasks { get; }

    internal string OwnStarted { get; }

    internal string ListPartitions { get; }

    internal string PageReady { get; }

    internal string PageDue { get; }

    internal string PageGroup { get; }

    internal string Reorder { get; }

    internal string Find { get; }

    internal string IdsTaken { get; }

    internal string ListNewest { get; }

    internal string ListOldest { get; }

    internal string Count { get; }

    internal string Prune { get; }

    internal string ResolveEpoch { get; }

    internal string ResolveJobs { get; }

    internal static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private string Load(string name) => Resource($"Sql/{name}.sql")
        .Replace("{schema}", _schema, StringComparison.Ordinal)
        .Replace("{columns}", Columns, StringComparison.Ordinal);
}

using System.Reflection;

namespace Jobs.Postgres;

/// <summary>The SQL of this store by file name, with the schema's name put in. A missing file is an error at start, not at the first use.</summary>
internal sealed class Statements
{
    private const string Columns =
        "j.id, p.queue, j.task, j.state, j.priority, j.run_at, j.sequence, j.enqueued_at, j.unique_key, j.group_key, j.tags, "
        + "j.failures, j.deliveries, j.lost_deliveries, j.last_attempt, j.worker, j.started_at, j.payload, j.terms, j.notes";

    /// <summary>As the index job_limited has it.</summary>
    private const string OfLimitKey = """ and terms like '%"limitKey":"%' and substring(terms from '"limitKey":"([^"]*)"}$') = @limit_key""";

    private readonly string _schema;

    internal Statements(string schema)
    {
        _schema = schema;
        Epochs = Load("commit_epochs");
        Hold = Load("commit_hold");
        HoldIntake = Load("commit_hold_intake");
        Delete = Load("commit_delete");
        DeleteFinished = Load("commit_delete_finished");
        Move = Load("commit_move");
        Insert = Load("commit_insert");
        Intake = Load("commit_intake");
        SingleInsert = Load("single_insert");
        SingleMove = Load("single_move");
        InsertKeyed = Keyed("partition", "id");
        IntakeKeyed = Keyed("intake", "partition_id");
        InsertDone = Load("commit_finish").Replace("{table}", "job_done", StringComparison.Ordinal);
        InsertDead = Load("commit_finish").Replace("{table}", "job_dead", StringComparison.Ordinal);
        Holders = Load("commit_holders");
        OwnPartition = Load("own_partition");
        EndSilent = Load("end_silent");
        RenewOwner = Load("renew_owner");
        ReleaseOwner = Load("release_owner");
        OwnSummary = Load("own_summary");
        OwnTasks = Load("own_tasks");
        OwnStarted = Load("own_started");
        ListPartitions = Load("list_partitions");
        PageReady = Load("page_ready").Replace("{limited}", "", StringComparison.Ordinal);
        PageLimited = Load("page_ready").Replace("{limited}", OfLimitKey, StringComparison.Ordinal);
        PageDue = Load("page_due");
        PageGroup = Load("page_group");
        Reorder = Load("reorder");
        Find = Load("find_job");
        FindMany = Load("find_jobs");
        IdsTaken = Load("ids_taken");
        ListNewest = Load("list_jobs").Replace("{order}", "desc", StringComparison.Ordinal).Replace("{after}", "<", StringComparison.Ordinal);
        ListOldest = Load("list_jobs").Replace("{order}", "asc", StringComparison.Ordinal).Replace("{after}", ">", StringComparison.Ordinal);
        Count = Load("count_jobs");
        Backlog = Load("backlog");
        HistoryOpen = Load("history_open");
        HistoryDays = Load("history_days");
        HistoryEnds = Load("history_ends");
        HistoryDrop = Load("history_drop");
        PruneDay = Load("prune_day");
        PruneBytes = Load("prune_bytes");
        PruneSize = Load("prune_size");
        PruneCutoff = Load("prune_cutoff");
        PruneBeyond = Load("prune_beyond");
        PruneRecords = Load("prune_records");
        PruneFull = Load("prune_full");
        PrunePayloads = Load("prune_payloads");
        FindPartitions = Load("find_partitions");
        AnyPartition = Load("any_partition");
        ResolveEpoch = Load("resolve_epoch");
        ResolveIntakeEpoch = Load("resolve_intake_epoch");
        ResolveJobs = Load("resolve_jobs");
        Vacuum = Load("vacuum");
        ListSchedules = Load("list_schedules");
        ListScheduleVersions = Load("list_schedule_versions");
        FindSchedule = Load("find_schedule");
        InsertSchedule = Load("insert_schedule");
        UpdateSchedule = Load("update_schedule");
        DeleteSchedule = Load("delete_schedule");
        Inbox = new InboxStatements(Load);

        ListSettings = Load("list_settings");
        AddSetting = Load("add_setting");
        PutSetting = Load("put_setting");
        DeleteSetting = Load("delete_setting");
    }

    internal string Epochs { get; }

    internal string Hold { get; }

    internal string HoldIntake { get; }

    internal string Delete { get; }

    internal string DeleteFinished { get; }

    internal string Move { get; }

    internal string Insert { get; }

    internal string Intake { get; }

    internal string SingleInsert { get; }

    internal string SingleMove { get; }

    internal string InsertKeyed { get; }

    internal string IntakeKeyed { get; }

    internal string InsertDone { get; }

    internal string InsertDead { get; }

    internal string Holders { get; }

    internal string OwnPartition { get; }

    internal string EndSilent { get; }

    internal string RenewOwner { get; }

    internal string ReleaseOwner { get; }

    internal string OwnSummary { get; }

    internal string OwnTasks { get; }

    internal string OwnStarted { get; }

    internal string ListPartitions { get; }

    internal string PageReady { get; }

    internal string PageLimited { get; }

    internal string PageDue { get; }

    internal string PageGroup { get; }

    internal string Reorder { get; }

    internal string Find { get; }

    internal string FindMany { get; }

    internal string IdsTaken { get; }

    internal string ListNewest { get; }

    internal string ListOldest { get; }

    internal string Backlog { get; }

    internal string Count { get; }

    internal string HistoryOpen { get; }

    internal string HistoryDays { get; }

    internal string HistoryEnds { get; }

    internal string HistoryDrop { get; }

    internal string PruneDay { get; }

    internal string PruneBytes { get; }

    internal string PruneSize { get; }

    internal string PruneCutoff { get; }

    internal string PruneBeyond { get; }

    internal string PruneRecords { get; }

    internal string PruneFull { get; }

    internal string PrunePayloads { get; }

    internal string FindPartitions { get; }

    internal string AnyPartition { get; }

    internal string ResolveEpoch { get; }

    internal string ResolveIntakeEpoch { get; }

    internal string ResolveJobs { get; }

    internal string Vacuum { get; }

    internal string ListSchedules { get; }

    internal string ListScheduleVersions { get; }

    internal string FindSchedule { get; }

    internal string InsertSchedule { get; }

    internal string UpdateSchedule { get; }

    internal string DeleteSchedule { get; }

    internal InboxStatements Inbox { get; }

    internal string ListSettings { get; }

    internal string AddSetting { get; }

    internal string PutSetting { get; }

    internal string DeleteSetting { get; }

    internal static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The insert of jobs with a unique key, which counts them in the row that the commit's fence has locked.</summary>
    private string Keyed(string fence, string key) => Load("commit_insert_keyed")
        .Replace("{insert}", Insert, StringComparison.Ordinal)
        .Replace("{fence}", fence, StringComparison.Ordinal)
        .Replace("{fence_key}", key, StringComparison.Ordinal);

    private string Load(string name) => Resource($"Sql/{name}.sql")
        .Replace("{schema}", _schema, StringComparison.Ordinal)
        .Replace("{columns}", Columns, StringComparison.Ordinal);
}

namespace Jobs.Postgres;

/// <summary>The SQL about the inbox.</summary>
internal sealed class InboxStatements
{
    private const string Columns =
        "i.place, i.id, i.queue, i.task, i.priority, i.enqueued_at, i.run_at, i.unique_key, i.group_key, i.tags, i.payload, i.terms";

    internal InboxStatements(Func<string, string> load)
    {
        Insert = load("inbox_insert");
        Undo = load("inbox_undo");
        Partitions = load("inbox_partitions");
        Describe = load("inbox_describe");
        List = load("inbox_list");
        Load = load("inbox_load").Replace("{inbox}", Columns, StringComparison.Ordinal);
        Find = load("inbox_find").Replace("{inbox}", Columns, StringComparison.Ordinal);
        Drop = load("inbox_drop");
        Moved = load("commit_inbox");
        Ended = load("commit_inbox_ended");
    }

    internal string Insert { get; }

    internal string Undo { get; }

    internal string Partitions { get; }

    internal string Describe { get; }

    internal string List { get; }

    internal string Load { get; }

    internal string Find { get; }

    internal string Drop { get; }

    internal string Moved { get; }

    internal string Ended { get; }
}

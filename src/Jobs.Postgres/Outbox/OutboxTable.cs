using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <summary>
/// A table of messages in an application's own database, for producers that only write rows: they commit with whatever else the transaction
/// writes. An <see cref="OutboxDrain"/> makes jobs of them. A service has one, and one database may have several. Safe for many threads.
/// </summary>
public sealed class OutboxTable
{
    private readonly string _create;
    private readonly string _write;
    private readonly string _count;
    private readonly string _unpark;

    /// <summary>Names a table; nothing is opened.</summary>
    /// <param name="name">Its name, with its schema before a dot or without; default <c>outbox</c>. Small letters, digits and underscores.</param>
    /// <exception cref="InvalidNameException">The name cannot be used.</exception>
    public OutboxTable(string name = "outbox")
    {
        Name = Checked(name);
        _create = Load("outbox_create").Replace("{index}", name.Split('.')[^1] + "_due", StringComparison.Ordinal);
        _write = Load("outbox_write");
        _count = Load("outbox_count");
        _unpark = Load("outbox_unpark");
        Take = Load("outbox_take");
        Published = Load("outbox_published");
        Failed = Load("outbox_failed");
    }

    /// <summary>The table's name.</summary>
    public string Name { get; }

    internal string Take { get; }

    internal string Published { get; }

    internal string Failed { get; }

    /// <summary>Makes the table and its index where they are missing; its schema must be there. A second call does nothing.</summary>
    public async Task CreateAsync(NpgsqlConnection connection, CancellationToken cancellation = default)
    {
        var command = new NpgsqlCommand(_create, connection);
        await using var disposing = command.ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Writes messages in a transaction, which commits them or takes them back. None at all is nothing to do.</summary>
    public async Task WriteAsync(NpgsqlTransaction transaction, IReadOnlyCollection<OutboxDraft> drafts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(drafts);
        if (drafts.Count == 0) return;
        var command = new NpgsqlCommand(_write, transaction.Connection, transaction);
        await using var disposing = command.ConfigureAwait(false);
        command.Parameters.Bind("kinds", drafts.Select(draft => draft.Kind).ToArray(), NpgsqlDbType.Text);
        command.Parameters.Bind("payloads", drafts.Select(draft => draft.Payload).ToArray(), NpgsqlDbType.Text);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Counts what waits and what is parked.</summary>
    public async Task<OutboxCounts> CountAsync(NpgsqlConnection connection, CancellationToken cancellation = default)
    {
        var command = new NpgsqlCommand(_count, connection);
        await using var disposing = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        await reader.ReadAsync(cancellation).ConfigureAwait(false);
        return new OutboxCounts(reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>Makes parked messages pending again, with all attempts, for a drain whose clock says now or later.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> RetryParkedAsync(NpgsqlConnection connection, TimeProvider? clock = null, CancellationToken cancellation = default)
    {
        var command = new NpgsqlCommand(_unpark, connection);
        await using var disposing = command.ConfigureAwait(false);
        command.Parameters.AddWithValue("now", (clock ?? TimeProvider.System).GetUtcNow().UtcDateTime);
        return await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private static string Checked(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var parts = name.Split('.');
        var valid = parts.Length <= 2 && parts.All(part => part is { Length: > 0 and <= 59 } && !char.IsAsciiDigit(part[0])
            && part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'));
        return valid
            ? name
            : throw new InvalidNameException(
                "table", name, "use 1 to 59 small letters, digits and underscores, no digit first, behind a schema and a dot or alone");
    }

    private string Load(string file) => Statements.Resource($"Sql/{file}.sql").Replace("{table}", Name, StringComparison.Ordinal);
}

using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <summary>Jobs for the inbox as one array for each column, which one statement unnests.</summary>
internal static class InboxColumns
{
    internal static void BindTo(NpgsqlParameterCollection parameters, JobRecord[] jobs)
    {
        T[] Of<T>(Func<JobRecord, T> part) => [.. jobs.Select(part)];
        parameters.Bind("id", Of(j => j.Id.ToGuid()), NpgsqlDbType.Uuid);
        parameters.Bind("queue", Of(j => j.Terms.Queue.Value), NpgsqlDbType.Text);
        parameters.Bind("number", Of(j => j.Id.Partition), NpgsqlDbType.Integer);
        parameters.Bind("task", Of(j => j.Terms.Task), NpgsqlDbType.Text);
        parameters.Bind("priority", Of(j => j.Priority.Urgency), NpgsqlDbType.Integer);
        parameters.Bind("run_at", Of(j => j.RunAt.UtcDateTime), NpgsqlDbType.TimestampTz);
        parameters.Bind("enqueued_at", Of(j => j.EnqueuedAt.UtcDateTime), NpgsqlDbType.TimestampTz);
        parameters.Bind("unique_key", Of(j => j.UniqueKey), NpgsqlDbType.Text);
        parameters.Bind("group_key", Of(j => j.Terms.GroupKey), NpgsqlDbType.Text);
        parameters.Bind("tags", Of(j => StoredText.OfTags(j.Terms.Tags)), NpgsqlDbType.Text);
        parameters.Bind("payload", Of(j => ColumnBinding.Bytes(j.Payload)), NpgsqlDbType.Bytea);
        parameters.Bind("terms", Of(j => StoredText.OfTerms(j.Terms)), NpgsqlDbType.Text);
    }
}

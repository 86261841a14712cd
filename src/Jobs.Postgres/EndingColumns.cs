using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <summary>
/// Jobs that move from the hot table to the history. What was agreed at enqueue stays in the database; only how they ended travels, and what
/// neighbours have in common of that once for all of them.
/// </summary>
internal sealed class EndingColumns
{
    /// <summary>The types of <see cref="ValuesOfOne"/>.</summary>
    internal static readonly NpgsqlDbType[] TypesOfOne =
    [
        NpgsqlDbType.Integer, NpgsqlDbType.Bigint, NpgsqlDbType.Uuid, NpgsqlDbType.Integer, NpgsqlDbType.Smallint, NpgsqlDbType.Integer,
        NpgsqlDbType.Integer, NpgsqlDbType.Integer, NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.TimestampTz, NpgsqlDbType.Boolean,
        NpgsqlDbType.Text, NpgsqlDbType.TimestampTz, NpgsqlDbType.TimestampTz, NpgsqlDbType.Bytea,
    ];

    private readonly List<(Guid Id, JobRecord Job)> _jobs = [];

    /// <summary>True if the row in the hot table has everything of a job that its end does not say.</summary>
    internal static bool Fits(JobTransition change) =>
        change is { Before: { } before, After: { } after } && !before.State.IsFinal() && after.State.IsFinal() && after.State is not JobState.Dead
        && after.Terms.Retention.KeepFor > TimeSpan.Zero && ReferenceEquals(before.Terms, after.Terms) && before.Payload.Equals(after.Payload)
        && before.Priority == after.Priority && before.RunAt == after.RunAt;

    internal void Add(JobRecord job) => _jobs.Add((job.Id.ToGuid(), job));

    internal void BindTo(NpgsqlParameterCollection parameters, int deliveries)
    {
        // Sorted, so that two commits which meet on the same rows do not wait for each other crosswise.
        _jobs.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        var ids = new Guid[_jobs.Count];
        var shared = new int[_jobs.Count];
        var endings = new List<Ending>();
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = _jobs[i].Id;
            var ending = Ending.Of(_jobs[i].Job);
            if (endings.Count == 0 || endings[^1] != ending) endings.Add(ending);
            shared[i] = endings.Count;
        }

        parameters.Bind("ids", ids, NpgsqlDbType.Uuid);
        parameters.Add(new NpgsqlParameter<int>("deliveries", NpgsqlDbType.Integer) { TypedValue = deliveries });
        parameters.Bind("shared", shared, NpgsqlDbType.Integer);
        Bind(parameters, endings);
    }

    /// <summary>One job that ends, as the values of a statement for one.</summary>
    internal static object?[] ValuesOfOne(int partition, long epoch, int knownDeliveries, JobRecord job)
    {
        var ending = Ending.Of(job);
        return
        [
            partition, epoch, job.Id.ToGuid(), knownDeliveries, (short)ending.State, ending.Failures, ending.Deliveries, ending.LostDeliveries,
            ending.LastAttempt, ending.Worker, ending.StartedAt, ending.KeepPayload, ending.Notes, ending.FinishedAt, ending.KeepUntil, ending.Result,
        ];
    }

    private static void Bind(NpgsqlParameterCollection parameters, List<Ending> endings)
    {
        T[] Of<T>(Func<Ending, T> part) => [.. endings.Select(part)];
        parameters.Bind("number", Enumerable.Range(1, endings.Count).ToArray(), NpgsqlDbType.Integer);
        parameters.Bind("state", Of(e => (short)e.State), NpgsqlDbType.Smallint);
        parameters.Bind("failures", Of(e => e.Failures), NpgsqlDbType.Integer);
        parameters.Bind("delivered", Of(e => e.Deliveries), NpgsqlDbType.Integer);
        parameters.Bind("lost_deliveries", Of(e => e.LostDeliveries), NpgsqlDbType.Integer);
        parameters.Bind("last_attempt", Of(e => e.LastAttempt), NpgsqlDbType.Integer);
        parameters.Bind("worker", Of(e => e.Worker), NpgsqlDbType.Text);
        parameters.Bind("started_at", Of(e => e.StartedAt), NpgsqlDbType.TimestampTz);
        parameters.Bind("keep_payload", Of(e => e.KeepPayload), NpgsqlDbType.Boolean);
        parameters.Bind("notes", Of(e => e.Notes), NpgsqlDbType.Text);
        parameters.Bind("finished_at", Of(e => e.FinishedAt), NpgsqlDbType.TimestampTz);
        parameters.Bind("keep_until", Of(e => e.KeepUntil), NpgsqlDbType.TimestampTz);
        parameters.Bind("result", Of(e => e.Result), NpgsqlDbType.Bytea);
    }

    /// <summary>How a job ended. Results are compared by reference, which tells "none" from the others.</summary>
    private readonly record struct Ending(
        JobState State, int Failures, int Deliveries, int LostDeliveries, int LastAttempt, string? Worker, DateTime? StartedAt, bool KeepPayload,
        string? Notes, DateTime FinishedAt, DateTime KeepUntil, byte[]? Result)
    {
        internal static Ending Of(JobRecord job)
        {
            var (finished, retention) = (job.FinishedAt!.Value.UtcDateTime, job.Terms.Retention);
            return new Ending(
                job.State, job.Failures, job.Deliveries, job.LostDeliveries, job.LastAttempt, job.Worker, job.StartedAt?.UtcDateTime,
                job.State is not JobState.Completed || retention.KeepPayload, StoredText.OfNotes(job.Notes), finished,
                ColumnBinding.KeepUntil(finished, retention.KeepFor), job.Result is { } result ? ColumnBinding.Bytes(result) : null);
        }
    }
}

using System.Text.Json;
using Jobs.Core;

namespace Jobs.Sqlite;

/// <summary>Records to the parameters of one statement, whichever of them it has.</summary>
internal sealed class RecordBinder
{
    private readonly Statement _statement;
    private readonly int[] _index;

    internal RecordBinder(Statement statement)
    {
        _statement = statement;
        var names = Enum.GetNames<Column>();
        _index = [.. names.Select(name => statement.IndexOf(JsonNamingPolicy.SnakeCaseLower.ConvertName(name)))];
    }

    private enum Column
    {
        Id,
        KnownDeliveries,
        PartitionId,
        Task,
        State,
        Ready,
        Priority,
        RunAt,
        Sequence,
        Major,
        Minor,
        EnqueuedAt,
        UniqueKey,
        GroupKey,
        Tags,
        Failures,
        Deliveries,
        LostDeliveries,
        LastAttempt,
        Worker,
        StartedAt,
        Payload,
        Terms,
        Notes,
        FinishedAt,
        KeepUntil,
        Result,
    }

    internal static string KeyOf(QueueName queue, string key) => $"{queue.Value}/{key}";

    /// <summary>Runs the statement for a job as it was before, which it must meet.</summary>
    internal int Execute(JobRecord before)
    {
        Bind(Column.Id, before.Id);
        Bind(Column.KnownDeliveries, before.Deliveries);
        return _statement.Execute();
    }

    /// <summary>Runs the statement for a job as it is now.</summary>
    internal int Execute(JobRecord job, long partition, PollStrategy strategy, int knownDeliveries = 0)
    {
        Bind(Column.Id, job.Id);
        Bind(Column.KnownDeliveries, knownDeliveries);
        Bind(Column.PartitionId, partition);
        Bind(Column.Task, job.Terms.Task);
        Bind(Column.State, (int)job.State);
        Bind(Column.Priority, job.Priority.Urgency);
        Bind(Column.RunAt, Times.Of(job.RunAt));
        Bind(Column.Sequence, job.Sequence);
        Bind(Column.EnqueuedAt, Times.Of(job.EnqueuedAt));
        if (Has(Column.UniqueKey)) Bind(Column.UniqueKey, job.UniqueKey is { } key ? KeyOf(job.Terms.Queue, key) : null);
        Bind(Column.GroupKey, job.Terms.GroupKey);
        if (Has(Column.Tags)) Bind(Column.Tags, StoredText.OfTags(job.Terms.Tags));
        Bind(Column.Failures, job.Failures);
        Bind(Column.Deliveries, job.Deliveries);
        Bind(Column.LostDeliveries, job.LostDeliveries);
        Bind(Column.LastAttempt, job.LastAttempt);
        Bind(Column.Worker, job.Worker);
        Bind(Column.StartedAt, job.StartedAt);
        if (Has(Column.Terms)) Bind(Column.Terms, StoredText.OfTerms(job.Terms));
        Bind(Column.Notes, StoredText.OfNotes(job.Notes));
        if (job.State.IsFinal()) BindEnd(job);
        else BindPlace(job, strategy);
        return _statement.Execute();
    }

    private void BindPlace(JobRecord job, PollStrategy strategy)
    {
        var order = OrderKey.Ready(job, strategy);
        Bind(Column.Ready, job.State is JobState.Pending ? 1 : 0);
        Bind(Column.Major, Times.OfPart(order.Major, strategy is PollStrategy.RunAtFirst));
        Bind(Column.Minor, Times.OfPart(order.Minor, strategy is PollStrategy.PriorityFirst));
        Bind(Column.Payload, job.Payload.Span);
    }

    private void BindEnd(JobRecord job)
    {
        var finished = job.FinishedAt ?? job.RunAt;
        var keepsPayload = job.State is not JobState.Completed || job.Terms.Retention.KeepPayload;
        Bind(Column.Payload, keepsPayload ? job.Payload.Span : []);
        Bind(Column.FinishedAt, Times.Of(finished));
        Bind(Column.KeepUntil, Times.EndOf(finished, job.Terms.Retention.KeepFor));
        if (job.Result is { } result) Bind(Column.Result, result.Span);
        else if (Has(Column.Result)) _statement.BindNull(_index[(int)Column.Result]);
    }

    private bool Has(Column column) => _index[(int)column] > 0;

    private void Bind(Column column, long value)
    {
        if (Has(column)) _statement.Bind(_index[(int)column], value);
    }

    private void Bind(Column column, JobId value)
    {
        if (Has(column)) _statement.Bind(_index[(int)column], value);
    }

    private void Bind(Column column, DateTimeOffset? value)
    {
        if (Has(column)) _statement.Bind(_index[(int)column], value is { } time ? Times.Of(time) : null);
    }

    private void Bind(Column column, string? value)
    {
        if (Has(column)) _statement.Bind(_index[(int)column], value);
    }

    private void Bind(Column column, ReadOnlySpan<byte> value)
    {
        if (Has(column)) _statement.Bind(_index[(int)column], value);
    }
}

using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <summary>
/// Units as the statements of one transaction in one round trip: the fence, what leaves a table, and what enters one. An update of a
/// job is both, so the plan of every statement is the same whatever the tables' statistics say.
/// </summary>
internal sealed class CommitBatch(Statements sql, CommitContent content, Dictionary<PartitionKey, (int Id, long Epoch)> partitions)
{
    private readonly Dictionary<int, long> _sequences = [];
    private readonly Dictionary<int, long> _unfinished = [];
    private readonly SortedDictionary<int, List<Guid>> _leaving = [];
    private readonly SortedDictionary<int, List<Guid>> _returning = [];
    private readonly SortedDictionary<int, EndingColumns> _ending = [];
    private readonly List<(JobRecord Job, int Partition, PollStrategy Strategy)> _waiting = [];
    private readonly List<(JobRecord Job, int Partition, PollStrategy Strategy)> _keyed = [];
    private readonly List<(JobRecord Job, int Partition)> _done = [];
    private readonly List<(JobRecord Job, int Partition)> _dead = [];
    private readonly List<Guid> _fromInbox = [];
    private readonly List<Guid> _endedInInbox = [];

    /// <summary>Writes the statements.</summary>
    /// <param name="batch">Where to.</param>
    /// <param name="isPart">
    /// Whether others go on beside it. The fence keeps the partition's counts, and so locks its row for itself; of a part it comes last, and what
    /// comes first keeps takeovers out meanwhile. It stops a commit wherever it is, but last it does not tell whether a job that is missing was
    /// taken by another owner.
    /// </param>
    internal void FillInto(NpgsqlBatch batch, bool isPart)
    {
        Sort();
        if (isPart) FillHoldInto(batch);
        else FillFenceInto(batch);
        foreach (var (deliveries, ids) in _leaving)
        {
            var delete = Command(batch, sql.Delete);
            AddIds(delete, ids);
            delete.Add(new NpgsqlParameter<int>("deliveries", NpgsqlDbType.Integer) { TypedValue = deliveries });
        }

        foreach (var (deliveries, ids) in _returning)
        {
            var delete = Command(batch, sql.DeleteFinished);
            AddIds(delete, ids);
            delete.Add(new NpgsqlParameter<int>("deliveries", NpgsqlDbType.Integer) { TypedValue = deliveries });
        }

        foreach (var (deliveries, jobs) in _ending) jobs.BindTo(Command(batch, sql.Move), deliveries);
        FillWaiting(batch, sql.Insert, _waiting);
        FillWaiting(batch, content.IsIntake ? sql.IntakeKeyed : sql.InsertKeyed, _keyed);
        FillFinished(batch, sql.InsertDone, _done);
        FillFinished(batch, sql.InsertDead, _dead);
        if (_fromInbox.Count > 0) AddIds(Command(batch, sql.Inbox.Moved), _fromInbox);
        if (_endedInInbox.Count > 0) AddIds(Command(batch, sql.Inbox.Ended), _endedInInbox);
        if (isPart) FillFenceInto(batch);
    }

    /// <summary>The statement that stops whoever does not own the partitions any more.</summary>
    internal void FillFenceInto(NpgsqlBatch batch)
    {
        var epochs = partitions.Values.OrderBy(pair => pair.Id).ToList();
        var fence = Command(batch, content.IsIntake ? sql.Intake : sql.Epochs);
        fence.Bind("ids", epochs.Select(e => e.Id).ToArray(), NpgsqlDbType.Integer);
        fence.Bind("epochs", epochs.Select(e => e.Epoch).ToArray(), NpgsqlDbType.Bigint);
        fence.Bind("sequences", epochs.Select(e => _sequences.GetValueOrDefault(e.Id)).ToArray(), NpgsqlDbType.Bigint);
        fence.Bind("jobs", epochs.Select(e => _unfinished.GetValueOrDefault(e.Id)).ToArray(), NpgsqlDbType.Bigint);
    }

    private void FillHoldInto(NpgsqlBatch batch)
    {
        int[] ids = [.. partitions.Values.Select(partition => partition.Id).Order()];
        Command(batch, content.IsIntake ? sql.HoldIntake : sql.Hold).Bind("ids", ids, NpgsqlDbType.Integer);
    }

    private void Sort()
    {
        foreach (var change in content.Changes)
        {
            var (before, after) = (change.Transition.Before, change.Transition.After);
            var (partition, strategy) = (partitions[change.Transition.Job.Partition].Id, change.Strategy);
            Count(partition, before, after);
            if (change.IsFromInbox) (after!.State.IsFinal() ? _endedInInbox : _fromInbox).Add(after.Id.ToGuid());
            if (EndingColumns.Fits(change.Transition))
            {
                End(before!.Deliveries, after!);
                continue;
            }

            if (before is not null) Leave(before);
            if (after is null) continue;
            if (change.Transition.IsNewJob && (before is not null || after.UniqueKey is null))
                _sequences[partition] = Math.Max(_sequences.GetValueOrDefault(partition), after.Sequence);
            if (!after.State.IsFinal()) (before is null && after.UniqueKey is not null ? _keyed : _waiting).Add((after, partition, strategy));
            else if (after.State is JobState.Dead) _dead.Add((after, partition));
            else if (after.Terms.Retention.KeepFor > TimeSpan.Zero) _done.Add((after, partition));
        }
    }

    /// <summary>What new jobs with a unique key change is noted where they are inserted, because some of them may be left out there.</summary>
    private void Count(int partition, JobRecord? before, JobRecord? after)
    {
        var unfinished = (IsUnfinished(after) ? 1 : 0) - (IsUnfinished(before) ? 1 : 0);
        if (unfinished == 0 || (before is null && after?.UniqueKey is not null)) return;
        _unfinished[partition] = _unfinished.GetValueOrDefault(partition) + unfinished;
    }

    private static bool IsUnfinished(JobRecord? job) => job is not null && !job.State.IsFinal();

    private void Leave(JobRecord before)
    {
        var table = before.State.IsFinal() ? _returning : _leaving;
        if (!table.TryGetValue(before.Deliveries, out var ids)) table.Add(before.Deliveries, ids = []);
        ids.Add(before.Id.ToGuid());
    }

    private void End(int deliveries, JobRecord after)
    {
        if (!_ending.TryGetValue(deliveries, out var jobs)) _ending.Add(deliveries, jobs = new EndingColumns());
        jobs.Add(after);
    }

    private static void AddIds(NpgsqlParameterCollection parameters, List<Guid> ids)
    {
        // Sorted, so that two commits which meet on the same rows do not wait for each other crosswise.
        ids.Sort();
        parameters.Add(new NpgsqlParameter<Guid[]>("ids", NpgsqlDbType.Array | NpgsqlDbType.Uuid) { TypedValue = [.. ids] });
    }

    private static void FillWaiting(NpgsqlBatch batch, string text, List<(JobRecord Job, int Partition, PollStrategy Strategy)> jobs)
    {
        if (jobs.Count == 0) return;
        var columns = new WaitingColumns(jobs.Count);
        foreach (var (job, partition, strategy) in jobs) columns.Add(job, partition, strategy);
        columns.BindTo(Command(batch, text));
    }

    private static void FillFinished(NpgsqlBatch batch, string text, List<(JobRecord Job, int Partition)> jobs)
    {
        if (jobs.Count == 0) return;
        var columns = new JobColumns(jobs.Count);
        foreach (var (job, partition) in jobs) columns.Add(job, partition);
        columns.BindTo(Command(batch, text));
    }

    private static NpgsqlParameterCollection Command(NpgsqlBatch batch, string text)
    {
        var command = new NpgsqlBatchCommand(text);
        batch.BatchCommands.Add(command);
        return command.Parameters;
    }
}

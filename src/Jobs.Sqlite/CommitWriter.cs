using Jobs.Core;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Jobs.Sqlite;

/// <summary>
/// Writes units in their order, in one transaction. The write lock is held from its beginning, so a fence that was read inside it holds
/// until its end, and what is written one change after the other appears at once.
/// </summary>
internal sealed class CommitWriter
{
    private const string LeaveOut = "on conflict (unique_key) where unique_key is not null do nothing";

    private readonly Session _session;
    private readonly RecordBinder _insert;
    private readonly RecordBinder _insertKeyed;
    private readonly RecordBinder _update;
    private readonly RecordBinder _delete;
    private readonly RecordBinder _deleteDone;
    private readonly RecordBinder _deleteDead;
    private readonly RecordBinder _finish;
    private readonly RecordBinder _bury;
    private readonly Dictionary<(PartitionKey Partition, long Epoch), CommitFence?> _fences = [];
    private (PartitionKey Partition, long Epoch) _latestKey;
    private CommitFence? _latest;

    internal CommitWriter(Session session)
    {
        _session = session;
        _insert = new RecordBinder(session["commit_insert", "{conflict}"]);
        _insertKeyed = new RecordBinder(session["commit_insert", "{conflict}", LeaveOut]);
        _update = new RecordBinder(session["commit_update"]);
        _delete = new RecordBinder(session["commit_delete", "{table}", "job"]);
        _deleteDone = new RecordBinder(session["commit_delete", "{table}", "job_done"]);
        _deleteDead = new RecordBinder(session["commit_delete", "{table}", "job_dead"]);
        _finish = new RecordBinder(session["commit_finish", "{table}", "job_done"]);
        _bury = new RecordBinder(session["commit_finish", "{table}", "job_dead"]);
    }

    /// <summary>The changes of a unit are made at once: what ends goes first, because it may free a unique key, and what is new goes last.</summary>
    private enum ChangeStep
    {
        Present,
        Back,
        New,
    }

    internal CommitVerdict[] Commit(IReadOnlyList<CommitUnit> units)
    {
        var verdicts = new CommitVerdict[units.Count];
        if (TryTogether(units, verdicts)) return verdicts;
        Begin();
        for (var i = 0; i < verdicts.Length; i++)
        {
            _session.Run("savepoint unit");
            verdicts[i] = Apply(units[i]);
            if (IsRefusal(verdicts[i])) _session.Run("rollback to unit");
            _session.Run("release unit");
            EndUnit(kept: !IsRefusal(verdicts[i]));
        }

        End();
        return verdicts;
    }

    private static bool IsRefusal(CommitVerdict verdict) => verdict is not (CommitVerdict.Committed or CommitVerdict.CommittedExcept);

    /// <summary>Writes all units without a way back for a single one; false if one is refused, and then nothing is written.</summary>
    private bool TryTogether(IReadOnlyList<CommitUnit> units, CommitVerdict[] verdicts)
    {
        Begin();
        for (var i = 0; i < verdicts.Length; i++)
        {
            verdicts[i] = Apply(units[i]);
            if (IsRefusal(verdicts[i]))
            {
                _session.Rollback();
                return verdicts.Length == 1;
            }
        }

        EndUnit(kept: true);
        End();
        return true;
    }

    private void Begin()
    {
        _fences.Clear();
        _latest = null;
        _session.Begin();
    }

    private void EndUnit(bool kept)
    {
        foreach (var fence in _fences.Values)
        {
            if (kept) fence?.KeepUnit();
            else fence?.DropUnit();
        }
    }

    private void End()
    {
        foreach (var fence in _fences.Values)
        {
            if (fence is null or { NewSequence: null, Unfinished: 0 }) continue;
            var statement = _session["commit_partition_end"];
            statement.Bind(statement.IndexOf("last_sequence"), fence.NewSequence ?? 0);
            statement.Bind(statement.IndexOf("unfinished"), fence.Unfinished);
            statement.Bind(statement.IndexOf("id"), fence.Id);
            statement.Execute();
        }

        _session.Commit();
    }

    private CommitVerdict Apply(CommitUnit unit)
    {
        Dictionary<JobId, JobId>? leftOut = null;
        var changes = unit.Changes;
        for (var i = 0; i < changes.Count; i++)
        {
            var partition = changes[i].Transition.Job.Partition;
            if (FenceOf(partition, changes[i].Epoch) is null) return new CommitVerdict.Fenced(partition);
        }

        if (changes.Count == 1) return Apply(changes[0], ref leftOut) ?? VerdictOf(leftOut);
        for (var step = ChangeStep.Present; step <= ChangeStep.New; step++)
        {
            for (var i = 0; i < changes.Count; i++)
            {
                if (StepOf(changes[i].Transition) == step && Apply(changes[i], ref leftOut) is { } refusal) return refusal;
            }
        }

        return VerdictOf(leftOut);
    }

    private static CommitVerdict VerdictOf(Dictionary<JobId, JobId>? leftOut) =>
        leftOut is null ? CommitVerdict.Committed.Instance : new CommitVerdict.CommittedExcept(leftOut);

    private static ChangeStep StepOf(JobTransition transition) => transition.Before is not { } before
        ? ChangeStep.New
        : before.State.IsFinal() && transition.After is { } after && !after.State.IsFinal() ? ChangeStep.Back : ChangeStep.Present;

    /// <summary>Applies one change, or leaves a new job out whose unique key is held; returns why it is refused, if it is.</summary>
    private CommitVerdict? Apply(JobChange change, ref Dictionary<JobId, JobId>? leftOut)
    {
        var job = change.Transition.Job;
        var fence = FenceOf(job.Partition, change.Epoch)!;
        try
        {
            var (refusal, holder) = Apply(change, fence);
            if (refusal is not null) return refusal;
            if (holder is { } other) (leftOut ??= [])[job.Id] = other;
            else fence.Take(change.Transition.Before, change.Transition.After);
            return null;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_CONSTRAINT && e.SqliteExtendedErrorCode == raw.SQLITE_CONSTRAINT_PRIMARYKEY)
        {
            return new CommitVerdict.IdTaken(job.Id);
        }
    }

    /// <summary>Applies one change; a refusal, or the holder of the unique key for whom a new job was left out, or neither.</summary>
    private (CommitVerdict? Refusal, JobId? Holder) Apply(JobChange change, CommitFence fence)
    {
        var (before, after) = (change.Transition.Before, change.Transition.After);
        if (before is null) return Insert(after!, change.Strategy, fence);
        if (!before.State.IsFinal() && after is not null && !after.State.IsFinal())
        {
            return _update.Execute(after, fence.Id, change.Strategy, before.Deliveries) == 1 ? default : (new CommitVerdict.Conflict(before.Id), null);
        }

        var removed = !before.State.IsFinal()
            ? _delete.Execute(before)
            : before.State is JobState.Dead ? _deleteDead.Execute(before) : _deleteDone.Execute(before);
        if (removed == 0) return (new CommitVerdict.Conflict(before.Id), null);
        if (after is null) return default;
        if (after.State.IsFinal())
        {
            Finish(after, change.Strategy, fence);
            return default;
        }

        try
        {
            _insert.Execute(after, fence.Id, change.Strategy);
            return default;
        }
        catch (SqliteException e) when (e.SqliteExtendedErrorCode == raw.SQLITE_CONSTRAINT_UNIQUE && HolderOf(after) is not null)
        {
            return (new CommitVerdict.KeyTaken(after.Id, HolderOf(after)!.Value), null);
        }
    }

    private (CommitVerdict? Refusal, JobId? Holder) Insert(JobRecord job, PollStrategy strategy, CommitFence fence)
    {
        if (!job.State.IsFinal())
        {
            if ((job.UniqueKey is null ? _insert : _insertKeyed).Execute(job, fence.Id, strategy) == 1) return default;
            return IsTaken(job.Id) ? (new CommitVerdict.IdTaken(job.Id), null) : (null, HolderOf(job));
        }

        if (IsTaken(job.Id)) return (new CommitVerdict.IdTaken(job.Id), null);
        if (HolderOf(job) is { } holder) return (null, holder);
        Finish(job, strategy, fence);
        return default;
    }

    private void Finish(JobRecord job, PollStrategy strategy, CommitFence fence)
    {
        if (job.State is JobState.Dead) _bury.Execute(job, fence.Id, strategy);
        else if (job.Terms.Retention.KeepFor > TimeSpan.Zero) _finish.Execute(job, fence.Id, strategy);
    }

    private CommitFence? FenceOf(PartitionKey partition, long epoch)
    {
        var key = (partition, epoch);
        if (_latest is not null && _latestKey == key) return _latest;
        if (!_fences.TryGetValue(key, out var fence))
        {
            var statement = _session["commit_partition"];
            statement.Bind(statement.IndexOf("queue"), partition.Queue.Value);
            statement.Bind(statement.IndexOf("number"), partition.Number);
            statement.Bind(statement.IndexOf("epoch"), epoch);
            if (statement.Step()) fence = new CommitFence(statement.Int64(0), statement.Int64(1));
            statement.Reset();
            _fences.Add(key, fence);
        }

        (_latestKey, _latest) = (key, fence);
        return fence;
    }

    private JobId? HolderOf(JobRecord job)
    {
        if (job.UniqueKey is not { } key) return null;
        var statement = _session["commit_holder"];
        statement.Bind(statement.IndexOf("unique_key"), RecordBinder.KeyOf(job.Terms.Queue, key));
        JobId? holder = statement.Step() ? statement.Id(0) : null;
        statement.Reset();
        return holder;
    }

    private bool IsTaken(JobId id)
    {
        var statement = _session["id_taken"];
        statement.Bind(statement.IndexOf("id"), id);
        var taken = statement.Step() && statement.Int64(0) != 0;
        statement.Reset();
        return taken;
    }
}

using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <summary>
/// Units as the statements of one transaction in one round trip: the fence, then what leaves a table, then what enters one. An update of
/// a job is both, so the plan of every statement is the same whatever the tables' statistics say.
/// </summary>
internal sealed class CommitBatch(Statements sql, CommitContent content, Func<PartitionKey, int> partitionId, Func<PartitionKey, long, long> epochInTable)
{
    private readonly Dictionary<int, long> _sequences = [];
    private readonly SortedDictionary<int, List<Guid>> _leaving = [];
    private readonly SortedDictionary<int, List<Guid>> _returning = [];
    private readonly List<(JobRecord Job, int Partition, PollStrategy Strategy)> _waiting = [];
    private readonly List<(JobRecord Job, int Partition, PollStrategy Strategy)> _keyed = [];
    private readonly List<(JobRecord Job, int Partition, PollStrategy Strategy)> _done = [];
    private readonly List<(JobRecord Job, int Partition, PollStrategy Strategy)> _dead = [];

    internal void FillInto(NpgsqlBatch batch)
    {
        Sort();
        var epochs = content.Epochs.Select(pair => (Id: partitionId(pair.Key), Epoch: epochInTable(pair.Key, pair.Value))).OrderBy(pair => pair.Id).ToList();
        var fence = Command(batch, sql.Epochs);
        fence.Add(new NpgsqlParameter<int[]>("ids", NpgsqlDbType.Array | NpgsqlDbType.Integer) { TypedValue = [.. epochs.Select(e => e.Id)] });
        fence.Add(new NpgsqlParameter<long[]>("epochs", NpgsqlDbType.Array | NpgsqlDbType.Bigint) { TypedValue = [.. epochs.Select(e => e.Epoch)] });
        var sequences = epochs.Select(e => _sequences.GetValueOrDefault(e.Id)).ToArray();
        fence.Add(new NpgsqlParameter<long[]>("sequences", NpgsqlDbType.Array | NpgsqlDbType.Bigint) { TypedValue = sequences });
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

        Fill(batch, sql.Insert, _waiting, finished: false);
        Fill(batch, sql.InsertKeyed, _keyed, finished: false);
        Fill(batch, sql.InsertDone, _done, finished: true);
        Fill(batch, sql.InsertDead, _dead, finished: true);
        if (content.Keyed.Count == 0) return;
        Command(batch, sql.Holders).Add(new NpgsqlParameter<string[]>("keys", NpgsqlDbType.Array | NpgsqlDbType.Text)
        {
            TypedValue = [.. content.Keyed.Select(job => JobColumns.KeyOf(job.Terms.Queue, job.UniqueKey!))],
        });
    }

    private void Sort()
    {
        foreach (var change in content.Changes)
        {
            var (before, after) = (change.Transition.Before, change.Transition.After);
            var (partition, strategy) = (partitionId(change.Transition.Job.Partition), change.Strategy);
            if (before is not null) Leave(before);
            if (after is null) continue;
            if (before is null) _sequences[partition] = Math.Max(_sequences.GetValueOrDefault(partition), after.Sequence);
            if (!after.State.IsFinal()) (before is null && after.UniqueKey is not null ? _keyed : _waiting).Add((after, partition, strategy));
            else if (after.State is JobState.Dead) _dead.Add((after, partition, strategy));
            else if (after.Terms.Retention.KeepFor > TimeSpan.Zero) _done.Add((after, partition, strategy));
        }
    }

    private void Leave(JobRecord before)
    {
        var table = before.State.IsFinal() ? _returning : _leaving;
        if (!table.TryGetValue(before.Deliveries, out var ids)) table.Add(before.Deliveries, ids = []);
        ids.Add(before.Id.ToGuid());
    }

    private static void AddIds(NpgsqlParameterCollection parameters, List<Guid> ids)
    {
        // Sorted, so that two commits which meet on the same rows do not wait for each other crosswise.
        ids.Sort();
        parameters.Add(new NpgsqlParameter<Guid[]>("ids", NpgsqlDbType.Array | NpgsqlDbType.Uuid) { TypedValue = [.. ids] });
    }

    private static void Fill(NpgsqlBatch batch, string text, List<(JobRecord Job, int Partition, PollStrategy Strategy)> jobs, bool finished)
    {
        if (jobs.Count == 0) return;
        var columns = new JobColumns(jobs.Count);
        foreach (var (job, partition, strategy) in jobs) columns.Add(job, partition, strategy);
        columns.BindTo(Command(batch, text), finished);
    }

    private static NpgsqlParameterCollection Command(NpgsqlBatch batch, string text)
    {
        var command = new NpgsqlBatchCommand(text);
        batch.BatchCommands.Add(command);
        return command.Parameters;
    }
}

using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres;

/// <content>
/// Partitions as a commit has to know them. Whoever commits need not be who claimed: a cluster's silo commits a batch for several owners. So
/// what is not known is looked up, and what was refused is looked up again, because another process may have raised an epoch behind its
/// owner's to find out what became of a commit of its own. What decides is the epoch that the owner was given.
/// </content>
public sealed partial class PostgresJobStore
{
    /// <summary>Looks up those of the partitions that this process does not know.</summary>
    private async ValueTask LearnMissingAsync(IEnumerable<PartitionKey> partitions, CancellationToken cancellation)
    {
        var missing = partitions.Where(key => !_partitions.ContainsKey(key)).ToList();
        if (missing.Count == 0) return;
        await MigrateOnceAsync(cancellation).ConfigureAwait(false);
        await LearnAsync(missing, cancellation).ConfigureAwait(false);
    }

    /// <summary>Looks partitions up, whether they are known or not.</summary>
    private async ValueTask LearnAsync(IReadOnlyCollection<PartitionKey> partitions, CancellationToken cancellation)
    {
        var found = await QueryAsync(
            _sql.FindPartitions,
            p =>
            {
                p.AddWithValue("queues", partitions.Select(key => key.Queue.Value).ToArray());
                p.AddWithValue("numbers", partitions.Select(key => key.Number).ToArray());
            },
            row => (
                Key: new PartitionKey(new QueueName(row.GetString(0)), row.GetInt32(1)),
                Partition: new StoredPartition(row.GetInt32(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), (PollStrategy)row.GetInt16(6))),
            cancellation).ConfigureAwait(false);
        foreach (var (key, partition) in found) Know(key, partition);
    }

    /// <summary>Epochs only rise, so what was read earlier and comes later changes nothing.</summary>
    private void Know(PartitionKey key, StoredPartition partition) => _partitions.AddOrUpdate(key, partition, (_, known) => known.Newest(partition));

    /// <summary>The partitions of a commit as rows of the table, with the epochs that they must have there.</summary>
    private Dictionary<PartitionKey, (int Id, long Epoch)> RowsOf(CommitContent content) => content.Epochs.ToDictionary(
        pair => pair.Key,
        pair => PartitionOf(pair.Key) is var known && known.GivenEpoch == pair.Value ? (known.Id, known.EpochOf(content.IsIntake)) : (known.Id, pair.Value));

    private StoredPartition PartitionOf(PartitionKey key) => _partitions.TryGetValue(key, out var partition)
        ? partition
        : throw new InvalidOperationException($"The partition {key} is written to before it is known.");

    /// <summary>A partition as it was when it was claimed or looked up.</summary>
    /// <param name="Id">Its row.</param>
    /// <param name="Epoch">The epoch in the partition's row; ahead of the given one after commits of unknown fate were resolved.</param>
    /// <param name="IntakeEpoch">The same for commits of nothing but new jobs, which have a row of their own.</param>
    /// <param name="GivenEpoch">The epoch that its owner was given and names in every change.</param>
    /// <param name="Strategy">The order that its waiting jobs are sorted by.</param>
    private sealed record StoredPartition(int Id, long Epoch, long IntakeEpoch, long GivenEpoch, PollStrategy Strategy)
    {
        internal static StoredPartition Claimed(int id, long epoch, PollStrategy strategy) => new(id, epoch, epoch, epoch, strategy);

        internal long EpochOf(bool isIntake) => isIntake ? IntakeEpoch : Epoch;

        internal StoredPartition Raised(long given, long epoch, bool isIntake) => GivenEpoch != given
            ? new StoredPartition(Id, isIntake ? given : epoch, isIntake ? epoch : given, given, Strategy)
            : isIntake ? this with { IntakeEpoch = epoch } : this with { Epoch = epoch };

        /// <summary>What is known after both were learned, in whatever order.</summary>
        internal StoredPartition Newest(StoredPartition other) => other.GivenEpoch == GivenEpoch
            ? this with { Epoch = Math.Max(Epoch, other.Epoch), IntakeEpoch = Math.Max(IntakeEpoch, other.IntakeEpoch) }
            : other.GivenEpoch > GivenEpoch ? other : this;
    }
}

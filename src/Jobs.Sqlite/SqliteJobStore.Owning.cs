using Jobs.Core;

namespace Jobs.Sqlite;

/// <content>
/// Ownership. A file has one owner at a time, who holds an operating system's lock beside it: that ends with the process however it
/// ends, so nobody has to wait for a lease.
/// </content>
public sealed partial class SqliteJobStore
{
    private readonly OwnerLock _ownerLock;

    /// <inheritdoc/>
    public async ValueTask<PartitionClaim> ClaimAsync(PartitionKey partition, OwnershipClaim claim, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(claim);
        var isMine = await WriteAsync(_ => _ownerLock.TryTake(), cancellation).ConfigureAwait(false);
        if (!isMine && !claim.EvenIfHeld)
        {
            var owner = await ReadAsync(session => OwnerOf(session, partition), cancellation).ConfigureAwait(false);
            return new PartitionClaim.Held(owner ?? "another process");
        }

        return await TransactAsync(
            session => new PartitionClaim.Granted(Open(session, partition, claim.Owner, OwnerOf(session, partition))),
            cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>Does nothing: the operating system knows who lives.</remarks>
    public ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(string owner, CancellationToken cancellation) => await WriteAsync(
        session =>
        {
            var release = session["release_owner"];
            release.Bind(release.IndexOf("owner"), owner);
            release.Execute();
            _ownerLock.Release();
            return true;
        },
        cancellation).ConfigureAwait(false);

    private static string? OwnerOf(Session session, PartitionKey partition)
    {
        var find = session["find_owner"];
        find.Bind(find.IndexOf("queue"), partition.Queue.Value);
        find.Bind(find.IndexOf("number"), partition.Number);
        return Rows(find, row => row.Text(0)).FirstOrDefault();
    }

    private PartitionOpening Open(Session session, PartitionKey partition, string owner, string? before)
    {
        var own = session["own_partition"];
        own.Bind(own.IndexOf("queue"), partition.Queue.Value);
        own.Bind(own.IndexOf("number"), partition.Number);
        own.Bind(own.IndexOf("owner"), owner);
        var (id, epoch, last) = Rows(own, row => (row.Int64(0), row.Int64(1), row.Int64(2)))[0];
        return new PartitionOpening(
            epoch,
            last,
            Rows(OfPartition(session, "own_count", id), row => row.Int64(0))[0],
            Rows(OfPartition(session, "own_tasks", id), row => row.Text(0)!),
            RecordReader.ReadAll(OfPartition(session, "own_started", id), QueueOf(session)),
            before is null ? OwnerBefore.Released : before == owner ? OwnerBefore.Same : OwnerBefore.Lost);
    }
}

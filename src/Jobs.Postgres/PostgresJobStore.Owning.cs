using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <content>Ownership: a lease that the owner renews, by the server's clock, and an epoch that fences off whoever owned before.</content>
public sealed partial class PostgresJobStore
{
    /// <summary>How long a commit under way may wait for its process, while another owner waits for the commit; a live one takes milliseconds.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public async ValueTask<PartitionClaim> ClaimAsync(PartitionKey partition, OwnershipClaim claim, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(claim);
        await MigrateOnceAsync(cancellation).ConfigureAwait(false);
        var token = $"{claim.Owner} {Guid.NewGuid():N}";
        var claiming = QueryAsync(
            _sql.OwnPartition,
            p =>
            {
                p.AddWithValue("queue", partition.Queue.Value);
                p.AddWithValue("number", partition.Number);
                p.AddWithValue("holder", claim.Owner);
                p.AddWithValue("token", token);
                p.AddWithValue("lease", NpgsqlDbType.Interval, claim.Lease);
                p.AddWithValue("even_if_held", claim.EvenIfHeld);
            },
            row => row.IsDBNull(0)
                ? (HeldBy: null, Owned: StoredPartition.Claimed(row.GetInt32(1), row.GetInt64(2), (PollStrategy)row.GetInt16(3)), Before: row.GetString(4))
                : (HeldBy: row.GetString(0), Owned: (StoredPartition?)null, Before: ""),
            cancellation).AsTask();
        while (await Task.WhenAny(claiming, Task.Delay(MaxSilence, TimeProvider.System, cancellation)).ConfigureAwait(false) != claiming)
            await EndSilentAsync(cancellation).ConfigureAwait(false);
        var answer = await claiming.ConfigureAwait(false);
        var (heldBy, owned, before) = answer[0];
        if (owned is null) return new PartitionClaim.Held(heldBy!);
        Know(partition, owned);
        _singles.Prepare();
        return new PartitionClaim.Granted(await OpenAsync(owned, BeforeOf(before), cancellation).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellation)
    {
        await MigrateOnceAsync(cancellation).ConfigureAwait(false);
        await ExecuteAsync(
            _sql.RenewOwner,
            p =>
            {
                p.AddWithValue("owner", owner);
                p.AddWithValue("lease", NpgsqlDbType.Interval, lease);
            },
            cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(string owner, CancellationToken cancellation) =>
        await ExecuteAsync(_sql.ReleaseOwner, p => p.AddWithValue("owner", owner), cancellation).ConfigureAwait(false);

    /// <summary>Where the server's user may not end sessions of others, the claim goes on waiting.</summary>
    private async ValueTask EndSilentAsync(CancellationToken cancellation)
    {
        try
        {
            await ExecuteAsync(_sql.EndSilent, p => p.AddWithValue("silence", NpgsqlDbType.Interval, MaxSilence), cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } or StoreUnavailableException)
        {
        }
    }

    private static OwnerBefore BeforeOf(string text) => text switch
    {
        "released" => OwnerBefore.Released,
        "same" => OwnerBefore.Same,
        _ => OwnerBefore.Lost,
    };

    private async ValueTask<PartitionOpening> OpenAsync(StoredPartition owned, OwnerBefore before, CancellationToken cancellation)
    {
        void OfPartition(NpgsqlParameterCollection p) => p.AddWithValue("partition", owned.Id);
        var summary = await QueryAsync(_sql.OwnSummary, OfPartition, row => (Jobs: row.GetInt64(0), Last: row.GetInt64(1)), cancellation).ConfigureAwait(false);
        var tasks = await QueryAsync(_sql.OwnTasks, OfPartition, row => row.GetString(0), cancellation).ConfigureAwait(false);
        var started = await JobsAsync(_sql.OwnStarted, OfPartition, cancellation).ConfigureAwait(false);
        return new PartitionOpening(owned.GivenEpoch, summary[0].Last, summary[0].Jobs, tasks, started, before);
    }
}

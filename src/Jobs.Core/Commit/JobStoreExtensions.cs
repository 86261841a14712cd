namespace Jobs.Core;

/// <summary>Short forms of what stores do.</summary>
public static class JobStoreExtensions
{
    /// <summary>Takes a partition from whoever has it, as one who knows that its owner is gone.</summary>
    public static async ValueTask<PartitionOpening> OwnAsync(
        this IJobStore store, PartitionKey partition, string owner, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        var claim = await store.ClaimAsync(partition, new OwnershipClaim(owner, TimeSpan.FromSeconds(5), EvenIfHeld: true), cancellation).ConfigureAwait(false);
        return claim is PartitionClaim.Granted granted
            ? granted.Opening
            : throw new InvalidOperationException($"The store refused to take the partition {partition} from its owner although it was told to.");
    }
}

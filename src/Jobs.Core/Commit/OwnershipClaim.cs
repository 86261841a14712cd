namespace Jobs.Core;

/// <summary>Somebody wants to own a partition.</summary>
/// <param name="Owner">Who: a name that no other process, and no earlier life of this one, has.</param>
/// <param name="Lease">
/// How long the owner counts as living after each <see cref="IJobStore.RenewAsync"/>; by the store's clock, not the caller's.
/// </param>
/// <param name="EvenIfHeld">
/// Takes the partition from whoever has it. For those who know by other means that its owner is gone, or that it is fenced; anybody
/// else waits for the lease.
/// </param>
public sealed record OwnershipClaim(string Owner, TimeSpan Lease, bool EvenIfHeld = false);

namespace Jobs.Core;

/// <summary>What became of a claim: a closed set.</summary>
public abstract record PartitionClaim
{
    private PartitionClaim()
    {
    }

    /// <summary>The claimant owns the partition; every owner before is fenced off.</summary>
    /// <param name="Opening">What it gets to know.</param>
    public sealed record Granted(PartitionOpening Opening) : PartitionClaim;

    /// <summary>Another owner lives; nothing was changed.</summary>
    /// <param name="Owner">The owner's name.</param>
    public sealed record Held(string Owner) : PartitionClaim;
}

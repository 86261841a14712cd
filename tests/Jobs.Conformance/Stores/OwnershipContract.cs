using Jobs.Core;

namespace Jobs.Conformance.Stores;

/// <summary>Who may have a partition: whoever claims it while no other owner lives (rules I3 and I5).</summary>
public abstract class OwnershipContract(IStoreFixture fixture) : StoreContract(fixture)
{
    private static readonly PartitionKey Away = new("away", 3);

    private readonly IStoreFixture _fixture = fixture;

    [Fact]
    public async Task A_claim_tells_how_the_ownership_before_ended()
    {
        Assert.Equal(OwnerBefore.Released, Granted(await ClaimAsync(Store, "first")).Before);
        Assert.Equal(OwnerBefore.Same, Granted(await ClaimAsync(Store, "first")).Before);
        Assert.Equal(OwnerBefore.Lost, Granted(await ClaimAsync(Store, "second", evenIfHeld: true)).Before);
        await Store.ReleaseAsync("first", default);
        Assert.Equal(OwnerBefore.Same, Granted(await ClaimAsync(Store, "second")).Before);
        await Store.ReleaseAsync("second", default);
        Assert.Equal(OwnerBefore.Released, Granted(await ClaimAsync(Store, "third")).Before);
    }

    [Fact]
    public async Task Every_granted_claim_has_a_higher_epoch()
    {
        var epochs = new List<long>();
        foreach (var owner in new[] { "a", "a", "b", "a" }) epochs.Add(Granted(await ClaimAsync(Store, owner, evenIfHeld: true)).Epoch);
        Assert.Equal(epochs.Order().Distinct(), epochs);
    }

    [Fact]
    public async Task Renewing_a_lease_brings_nothing_back()
    {
        var job = NewJob();
        await Store.RenewAsync("owner", Minute, default);
        await OwnAsync(Home, "first");
        var late = Insert(job);
        await OwnAsync(Home, "second");
        await Store.RenewAsync("first", Minute, default);
        Assert.Equal(new CommitVerdict.Fenced(Home), await TryCommitAsync(late));
    }

    [Fact]
    public async Task An_owner_that_lives_keeps_its_partitions()
    {
        await using var other = await OtherAsync();
        var epoch = Granted(await ClaimAsync(Store, "first")).Epoch;
        Assert.Equal(new PartitionClaim.Held("first"), await ClaimAsync(other, "second"));
        Assert.Equal(new PartitionClaim.Held("first"), await ClaimAsync(other, "second"));
        Assert.Equal(epoch + 1, Granted(await ClaimAsync(Store, "first")).Epoch);
    }

    [Fact]
    public async Task What_is_released_is_free_for_others_at_once()
    {
        await using var other = await OtherAsync();
        await ClaimAsync(Store, "first");
        await Store.ReleaseAsync("first", default);
        Assert.Equal(OwnerBefore.Released, Granted(await ClaimAsync(other, "second")).Before);
        Assert.Equal(new PartitionClaim.Held("second"), await ClaimAsync(Store, "first"));
    }

    [Fact]
    public async Task What_a_lost_owner_had_is_free_when_its_lease_is_over()
    {
        var lost = await OtherAsync();
        await using var other = await OtherAsync();
        await ClaimAsync(lost, "first", lease: TimeSpan.Zero);
        await lost.DisposeAsync();
        Assert.Equal(OwnerBefore.Lost, Granted(await ClaimAsync(other, "second")).Before);
    }

    [Fact]
    public async Task Of_many_who_claim_what_a_lost_owner_had_one_gets_it()
    {
        var lost = await OtherAsync();
        await ClaimAsync(lost, "lost", lease: TimeSpan.Zero);
        await lost.DisposeAsync();
        var stores = new List<IJobStore>();
        for (var i = 0; i < 6; i++) stores.Add(await OtherAsync());
        var claims = await Task.WhenAll(stores.Select((store, i) => Task.Run(async () => await ClaimAsync(store, $"claimant {i}")))).Soon();
        Assert.Single(claims.OfType<PartitionClaim.Granted>());
        foreach (var store in stores) await store.DisposeAsync();
    }

    private static PartitionOpening Granted(PartitionClaim claim) => Assert.IsType<PartitionClaim.Granted>(claim).Opening;

    private static ValueTask<PartitionClaim> ClaimAsync(IJobStore store, string owner, bool evenIfHeld = false, TimeSpan? lease = null) =>
        store.ClaimAsync(Away, new OwnershipClaim(owner, lease ?? Minute, evenIfHeld), default);

    /// <summary>A store on the same data, as another process has it; a store that one process keeps for itself is skipped.</summary>
    private async ValueTask<IJobStore> OtherAsync()
    {
        if (!Store.Capabilities.IsDurable) Assert.Skip("No two processes can have this store.");

        // The suite's own ownership of another partition must not decide about this one.
        await Store.ReleaseAsync("owner", default);
        return await _fixture.CreateAsync();
    }
}

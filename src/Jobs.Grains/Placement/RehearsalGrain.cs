using Jobs.Grains.Hosting;
using Orleans;
using Orleans.Placement;
using Orleans.Runtime;

namespace Jobs.Grains.Placement;

/// <inheritdoc cref="IRehearsal"/>
[PreferLocalPlacement]
internal sealed class RehearsalGrain(PartitionHandover handover, SiloMembers members) : Grain, IRehearsal
{
    private static readonly TimeSpan NoQuietTime = TimeSpan.Zero;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => handover.ClosedAsync(GrainContext);

    public Task<SiloAddress> GoAsync(SiloAddress to)
    {
        // Not awaited: it comes to its end when this call is over. Calls that come from now on are sent after the grain.
        handover.TryMoveAsync(GrainContext, partition: null, to, NoQuietTime, CancellationToken.None).Ignore();
        return Task.FromResult(members.Self);
    }

    public Task<SiloAddress> EndAsync()
    {
        DeactivateOnIdle();
        return Task.FromResult(members.Self);
    }
}

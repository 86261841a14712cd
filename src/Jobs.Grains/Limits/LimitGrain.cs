using Jobs.Core;
using Jobs.Grains.Hosting;
using Jobs.Grains.Node;
using Orleans;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;

namespace Jobs.Grains.Limits;

/// <summary>
/// Shares a limit out. What it knows it has from the silos: a new activation asks each of them what it holds before it grants anything, and
/// a silo that is gone keeps what it had for a while, in which its partitions are taken over and say what still runs of them.
/// </summary>
[Reentrant]
[KeepAlive]
[Immovable]
internal sealed class LimitGrain(SiloNode node, NodeServiceClient nodes, IClusterMembershipService membership) : Grain, ILimit
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a silo is kept waiting that asks while others are being asked.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>Whoever waits reports every second; who does not has something else to do, or is not there.</summary>
    private static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(3);

    private readonly LimitLedger _ledger = new(node.Clock.GetUtcNow());
    private readonly Dictionary<string, (SiloAddress Silo, long Number, long HeardAt)> _silos = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _goneSince = new(StringComparer.Ordinal);
    private Task? _learning;

    private string Name => this.GetPrimaryKeyString();

    public async Task<LimitGrantMessage[]?> ExchangeAsync(LimitReport report)
    {
        if (node.FindLimit(Name) is null) await node.RefreshLimitsAsync();
        if (node.FindLimit(Name) is not { } limit) return null;
        _learning ??= LearnAsync(limit);
        await Task.WhenAny(_learning, Task.Delay(LongestWait, TimeProvider.System));
        if (!_learning.IsCompleted) return null;
        var silo = report.Silo.ToParsableString();
        if (_silos.TryGetValue(silo, out var known) && known.Number >= report.Number) return null;
        _silos[silo] = (report.Silo, report.Number, TimeProvider.System.GetTimestamp());
        var tell = new HashSet<string>(StringComparer.Ordinal);
        LookForGone(tell);
        var now = node.Clock.GetUtcNow();
        var grants = Array.ConvertAll(report.Uses, use => LimitGrantMessage.From(_ledger.Report(limit, silo, use.ToUse(), now, tell)));
        Tell(tell);
        return grants;
    }

    /// <summary>Asks all silos that live what they hold, each until it answers or is gone.</summary>
    private async Task LearnAsync(StoredLimit limit)
    {
        var silos = Living().ToList();
        await Task.WhenAll(silos.Select(silo => LearnAsync(limit, silo)));
    }

    private async Task LearnAsync(StoredLimit limit, SiloAddress silo)
    {
        while (Living().Contains(silo))
        {
            try
            {
                var uses = await nodes.AskAsync(silo, service => service.TellLimitAsync(Name));
                _ledger.Learn(limit, silo.ToParsableString(), uses.Select(use => use.ToUse()));
                _silos.TryAdd(silo.ToParsableString(), (silo, 0, TimeProvider.System.GetTimestamp()));
                return;
            }
            catch (Exception)
            {
                await Task.Delay(Pause, TimeProvider.System);
            }
        }
    }

    private IEnumerable<SiloAddress> Living() => membership.CurrentSnapshot.Members.Values
        .Where(member => member.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping).Select(member => member.SiloAddress);

    private void LookForGone(HashSet<string> tell)
    {
        var living = Living().Select(silo => silo.ToParsableString()).ToHashSet(StringComparer.Ordinal);
        foreach (var member in _ledger.Members.ToList())
        {
            if (living.Contains(member))
            {
                if (TimeProvider.System.GetElapsedTime(_silos[member].HeardAt) > SilentAfter) tell.UnionWith(_ledger.Quiet(member));
                continue;
            }

            if (_goneSince.TryAdd(member, TimeProvider.System.GetTimestamp())) continue;
            if (TimeProvider.System.GetElapsedTime(_goneSince[member]) < node.Settings.OwnerLease) continue;
            tell.UnionWith(_ledger.Gone(member));
            _silos.Remove(member);
            _goneSince.Remove(member);
        }
    }

    private void Tell(HashSet<string> silos)
    {
        foreach (var silo in silos) nodes.TellAsync(_silos[silo].Silo, "a limit", service => service.NoticeLimitAsync(Name)).Ignore();
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Orleans.Metadata;
using Orleans.Runtime;

namespace Jobs.Grains.Placement;

/// <summary>
/// The silos of the cluster, which of them have said that they leave, and which have just come: a silo that drains is a member still, but gets
/// nothing any more, and one that has just come compiles its code when it is first needed, for which a partition that moves would stand still.
/// </summary>
internal sealed class SiloMembers(IClusterMembershipService membership, IClusterManifestProvider manifests, ILocalSiloDetails self)
{
    private const long LongAgo = long.MinValue / 2;

    /// <summary>When each member was first seen as one; the others that are seen at first were there before this silo.</summary>
    private readonly ConcurrentDictionary<SiloAddress, long> _cameAt = new();

    /// <summary>Silos that leave, and whether they have drained.</summary>
    private readonly ConcurrentDictionary<SiloAddress, bool> _leaving = new();

    internal SiloAddress Self => self.SiloAddress;

    /// <summary>True once this silo leaves.</summary>
    internal bool IsLeaving => _leaving.ContainsKey(Self);

    /// <summary>True for one of the members, for what one of them does for all.</summary>
    internal bool IsFirst => !Others.Any(other => other.CompareTo(Self) < 0);

    /// <summary>True while another silo has not said that it leaves.</summary>
    internal bool OthersStay => !Others.All(_leaving.ContainsKey);

    /// <summary>True while no silo stays, and another one that leaves drains.</summary>
    internal bool OthersDrain => Others.All(_leaving.ContainsKey) && Others.Any(silo => !_leaving[silo]);

    /// <summary>The other silos that are members.</summary>
    internal IEnumerable<SiloAddress> Others => Active.Where(silo => !silo.Equals(Self));

    /// <summary>The next of the silos that stay, in the order of their addresses and from the last one to the first, so that each is somebody's next.</summary>
    internal IEnumerable<SiloAddress> Next(int count)
    {
        SiloAddress[] staying = [.. Others.Where(silo => !_leaving.ContainsKey(silo)).Order()];
        return staying.Where(silo => silo.CompareTo(Self) > 0).Concat(staying.Where(silo => silo.CompareTo(Self) < 0)).Take(count);
    }

    private IEnumerable<SiloAddress> Active => membership.CurrentSnapshot.Members.Values
        .Where(member => member.Status is SiloStatus.Active).Select(member => member.SiloAddress);

    /// <summary>Takes note of who is a member now.</summary>
    internal void NoteMembers()
    {
        lock (_cameAt)
        {
            HashSet<SiloAddress> active = [.. Active];
            var now = Stopwatch.GetTimestamp();
            var others = _cameAt.IsEmpty ? LongAgo : now;
            foreach (var silo in active) _cameAt.TryAdd(silo, silo.Equals(Self) ? now : others);
            foreach (var known in _cameAt.Keys)
            {
                if (!active.Contains(known)) _cameAt.TryRemove(known, out _);
            }
        }
    }

    /// <summary>Takes note of a silo that leaves; silos do not come back under the same address.</summary>
    internal void NoteLeaving(SiloAddress silo)
    {
        _leaving.TryAdd(silo, false);
        foreach (var gone in _leaving.Keys)
        {
            if (membership.CurrentSnapshot.GetSiloStatus(gone) is SiloStatus.Dead && !gone.Equals(Self)) _leaving.TryRemove(gone, out _);
        }
    }

    /// <summary>Takes note of a silo that leaves and has drained.</summary>
    internal void NoteDrained(SiloAddress silo) => _leaving[silo] = true;

    /// <summary>Those of some silos that stay; all if none does, so that what is needed for the stop itself finds a place.</summary>
    internal IReadOnlyCollection<SiloAddress> PreferStaying(SiloAddress[] silos)
    {
        if (_leaving.IsEmpty) return silos;
        SiloAddress[] staying = [.. silos.Where(silo => !_leaving.ContainsKey(silo))];
        return staying.Length == 0 ? silos : staying;
    }

    /// <summary>Those of some silos that have been members for so long; all if none has.</summary>
    internal IReadOnlyCollection<SiloAddress> PreferSettled(IReadOnlyCollection<SiloAddress> silos, TimeSpan age)
    {
        // A silo that has just come may be asked before it has been told of any member.
        if (_cameAt.IsEmpty) NoteMembers();
        var latest = Stopwatch.GetTimestamp() - (long)(age.TotalSeconds * Stopwatch.Frequency);
        SiloAddress[] settled = [.. silos.Where(silo => _cameAt.TryGetValue(silo, out var at) && at <= latest)];
        return settled.Length == 0 ? silos : settled;
    }

    /// <summary>The silos that stay and can have a grain of this type.</summary>
    internal IReadOnlyCollection<SiloAddress> StayingFor(GrainType grain)
    {
        var silos = manifests.Current.Silos;
        return [.. Active.Where(silo => !_leaving.ContainsKey(silo) && silos.TryGetValue(silo, out var known) && known.Grains.ContainsKey(grain))];
    }
}

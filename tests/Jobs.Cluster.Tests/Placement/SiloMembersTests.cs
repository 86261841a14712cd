using System.Collections.Immutable;
using System.Net;
using Jobs.Grains.Placement;
using Orleans.Runtime;

namespace Jobs.Cluster.Tests.Placement;

/// <summary>A silo that has just come is not the first choice for what must be served again at once.</summary>
public sealed class SiloMembersTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly SiloAddress First = Address(1);
    private static readonly SiloAddress Second = Address(2);
    private static readonly SiloAddress Late = Address(3);

    private readonly StubMembership _membership = new();
    private readonly SiloMembers _members;

    public SiloMembersTests() => _members = new SiloMembers(_membership, null!, null!);

    [Fact]
    public void Those_that_were_there_before_this_silo_are_settled_and_one_that_comes_later_is_not()
    {
        Note(First, Second);
        Note(First, Second, Late);
        Assert.Equal([First, Second], _members.PreferSettled([First, Second, Late], Hour));
        Assert.Equal([Second], _members.PreferSettled([Second, Late], Hour));
    }

    [Fact]
    public void One_that_came_later_is_settled_after_its_time()
    {
        Note(First);
        Note(First, Late);
        Assert.Equal([First, Late], _members.PreferSettled([First, Late], TimeSpan.Zero));
    }

    [Fact]
    public void If_none_is_settled_all_are_as_good()
    {
        Note(First);
        Note(First, Late, Second);
        Assert.Equal([Second, Late], _members.PreferSettled([Second, Late], Hour));
    }

    [Fact]
    public void One_that_goes_and_comes_is_late()
    {
        Note(First, Second);
        Note(First);
        Note(First, Second);
        Assert.Equal([First], _members.PreferSettled([First, Second], Hour));
    }

    private void Note(params SiloAddress[] active)
    {
        _membership.CurrentSnapshot = new ClusterMembershipSnapshot(
            active.ToImmutableDictionary(silo => silo, silo => new ClusterMember(silo, SiloStatus.Active, $"{silo}")),
            new MembershipVersion(_membership.CurrentSnapshot.Version.Value + 1));
        _members.NoteMembers();
    }

    private static SiloAddress Address(int number) => SiloAddress.New(IPAddress.Loopback, number, number);

    private sealed class StubMembership : IClusterMembershipService
    {
        public ClusterMembershipSnapshot CurrentSnapshot { get; set; } = new(
            ImmutableDictionary<SiloAddress, ClusterMember>.Empty, new MembershipVersion(1));

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException();

        public ValueTask Refresh(MembershipVersion minimumVersion, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();
    }
}

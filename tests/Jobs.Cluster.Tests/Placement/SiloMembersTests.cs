using System.Collections.Immutable;
using System.Net;
using Jobs.Grains.Placement;
using Orleans.Runtime;

namespace Jobs.Cluster.Tests.Placement;

/// <summary>
/// A silo that has just come is not the first choice for what must be served again at once; and which silos are the next.
/// </summary>
public sealed class SiloMembersTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly SiloAddress First = Address(1);
    private static readonly SiloAddress Second = Address(2);
    private static readonly SiloAddress Late = Address(3);
    private static readonly SiloAddress Self = Address(4);

    private readonly StubMembership _membership = new();
    private readonly SiloMembers _members;

    public SiloMembersTests() => _members = new SiloMembers(_membership, null!, new StubSelf());

    [Fact]
    public void Those_that_were_there_before_this_silo_are_settled_and_one_that_comes_later_is_not()
    {
        Note(First, Second);
        Note(First, Second, Late);
        Assert.Equal([First, Second], _members.PreferSettled([First, Second, Late], Hour));
        Assert.Equal([Second], _members.PreferSettled([Second, Late], Hour));
    }

    [Fact]
    public void This_silo_has_just_come_itself()
    {
        Note(First, Self);
        Note(First, Self, Late);
        Assert.Equal([First], _members.PreferSettled([First, Self, Late], Hour));
        Assert.Equal([Self, Late], _members.PreferSettled([Self, Late], Hour));
        Assert.Equal([First, Self], _members.PreferSettled([First, Self], TimeSpan.Zero));
    }

    [Fact]
    public void This_silo_knows_that_before_it_has_taken_note_of_anybody()
    {
        Show(First, Self);
        Assert.Equal([First], _members.PreferSettled([First, Self], Hour));
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

    [Fact]
    public void The_next_silos_are_those_after_this_one_and_then_the_first()
    {
        var last = Address(5);
        Show(First, Second, Self, last);
        Assert.Equal([last, First], _members.Next(2));
        Assert.Equal([last, First, Second], _members.Next(9));
        _members.NoteLeaving(last);
        Assert.Equal([First, Second], _members.Next(2));
        Show(Self);
        Assert.Empty(_members.Next(2));
    }

    private void Note(params SiloAddress[] active)
    {
        Show(active);
        _members.NoteMembers();
    }

    private void Show(params SiloAddress[] active) => _membership.CurrentSnapshot = new ClusterMembershipSnapshot(
        active.ToImmutableDictionary(silo => silo, silo => new ClusterMember(silo, SiloStatus.Active, $"{silo}")),
        new MembershipVersion(_membership.CurrentSnapshot.Version.Value + 1));

    private static SiloAddress Address(int number) => SiloAddress.New(IPAddress.Loopback, number, number);

    private sealed class StubSelf : ILocalSiloDetails
    {
        public SiloAddress SiloAddress => Self;

        public SiloAddress GatewayAddress => Self;

        public string Name => "self";

        public string ClusterId => "cluster";

        public string DnsHostName => "localhost";
    }

    private sealed class StubMembership : IClusterMembershipService
    {
        public ClusterMembershipSnapshot CurrentSnapshot { get; set; } = new(
            ImmutableDictionary<SiloAddress, ClusterMember>.Empty, new MembershipVersion(1));

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException();

        public ValueTask Refresh(MembershipVersion minimumVersion, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();
    }
}

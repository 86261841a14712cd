using System.Net;
using System.Net.Sockets;
using Jobs.Grains.Hosting;
using Orleans.Runtime;

namespace Jobs.Cluster.Tests.Hosting;

/// <summary>A silo is declared dead when nobody listens any more where it has answered before, and for nothing less.</summary>
public sealed class WatchedSiloTests
{
    private static readonly WatchedSilo New = new(SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1), 1));

    [Fact]
    public void Two_refused_connections_in_a_row_are_enough_and_one_is_not()
    {
        var once = New.Answered().Refused();
        Assert.False(once.IsGone);
        Assert.True(once.IsSuspect);
        var twice = once.Refused();
        Assert.True(twice.IsGone);
        Assert.False(twice.IsSuspect);
    }

    [Fact]
    public void One_that_never_answered_may_be_at_an_address_that_cannot_be_reached_from_here() => Assert.False(New.Refused().Refused().Refused().IsGone);

    [Fact]
    public void One_that_answers_or_lets_itself_be_connected_to_is_not_gone()
    {
        Assert.False(New.Answered().Refused().Answered().Refused().IsGone);
        Assert.False(New.Answered().Refused().Silent().Refused().IsGone);
        Assert.True(New.Answered().Silent().Refused().Refused().IsGone);
    }

    [Fact]
    public async Task A_connection_is_refused_when_the_listener_is_gone()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var silo = SiloAddress.New((IPEndPoint)listener.LocalEndpoint, 1);
        Assert.False(await SiloWatch.IsRefusedAsync(silo, CancellationToken.None));
        listener.Stop();
        Assert.True(await SiloWatch.IsRefusedAsync(silo, CancellationToken.None));
    }

    [Fact]
    public async Task A_look_ends_with_its_silo()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SiloWatch.IsRefusedAsync(New.Silo, stop.Token));
    }
}

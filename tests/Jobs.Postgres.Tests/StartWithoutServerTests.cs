using System.Net;
using System.Net.Sockets;
using Jobs.Conformance;
using Jobs.Core;

namespace Jobs.Postgres.Tests;

/// <summary>A service that starts while PostgreSQL is down (D8).</summary>
public sealed class StartWithoutServerTests
{
    [Fact]
    public async Task It_says_that_the_store_cannot_be_reached()
    {
        // Bound and not listening: nobody answers, and nobody else can take the port meanwhile.
        using var port = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        port.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var connection = $"Host=127.0.0.1;Port={((IPEndPoint)port.LocalEndPoint!).Port};Username=nobody;Database=none;Timeout=5";
        await using var engine = EmbeddedJobs.Create(b => b.UsePostgres(connection));
        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => engine.StartAsync().Soon());
        Assert.Contains("PostgreSQL at 127.0.0.1", error.Store, StringComparison.Ordinal);
    }
}

using System.Net;
using System.Net.Sockets;

namespace Jobs.Postgres.Tests;

/// <summary>
/// Ports for servers of a test. They lie below those that systems give to outgoing connections (from 32768 or 49152): such a connection
/// keeps a server from its port until a minute after it was closed, and takes the port of a server that is about to start again.
/// </summary>
internal static class LoopbackPorts
{
    private const int First = 12_000;
    private const int Count = 18_000;

    /// <summary>Processes that run at once begin at different places, and none gives a port twice soon.</summary>
    private static int _given = (int)((uint)Environment.ProcessId * 101 % Count);

    /// <summary>A port that nobody had a moment ago.</summary>
    internal static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _given) % Count);
            if (IsFree(port)) return port;
        }

        throw new InvalidOperationException($"No port from {First} to {First + Count - 1} is free on the loopback address.");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

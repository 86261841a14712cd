using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Jobs.Samples.Tests;

/// <summary>A port of the loopback address that belongs to somebody who does not answer.</summary>
internal static class HeldPort
{
    /// <summary>Holds it until the socket is disposed, or leaves it to whoever has it already.</summary>
    internal static Socket Hold(int port)
    {
        // Socket.Bind would allow others to have the same port.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var address = new IPEndPoint(IPAddress.Loopback, port).Serialize();
        _ = Bind((int)socket.Handle, address.Buffer.ToArray(), address.Size);
        return socket;
    }

    [DllImport("libc", EntryPoint = "bind")]
    private static extern int Bind(int socket, byte[] address, int addressBytes);
}

using System.Net.NetworkInformation;
using System.Net.Sockets;
using Jobs.Grains.Node;
using Jobs.Grains.Placement;
using Orleans.Runtime;

namespace Jobs.Grains.Hosting;

/// <summary>
/// Has a silo declared dead within a second or two when its process is gone: where nobody listens any more at an address that has answered before,
/// there is nothing to wait for. Each silo watches the next two, because one of the two that watch a silo may have just come. A silo that stands still,
/// or a machine that is gone, refuses nothing; those are left to the cluster's own probes, as is everything where silos do not talk by TCP.
/// </summary>
internal sealed class SiloWatch(SiloNode node, SiloMembers members, NodeServiceClient others, IClusterMembershipService membership)
{
    private const int WatchedByEach = 2;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    /// <summary>One that does not answer for so long is looked at, no more.</summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs until it is cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            if (!Listens(members.Self)) return;
            WatchedSilo[] watched = [];
            while (true)
            {
                await Task.Delay(watched.Any(silo => silo.IsSuspect) ? LookAgain : Period, TimeProvider.System, cancellation).ConfigureAwait(false);
                watched = await Task.WhenAll(members.Next(WatchedByEach).Select(silo =>
                    LookAsync(watched.FirstOrDefault(known => known.Silo.Equals(silo)) ?? new WatchedSilo(silo), cancellation))).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    /// <summary>A transport of another kind has addresses at which nobody listens, ever; and where a machine does not tell, it may be one.</summary>
    private static bool Listens(SiloAddress silo)
    {
        try
        {
            return IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(listener => listener.Port == silo.Endpoint.Port);
        }
        catch (Exception e) when (e is NetworkInformationException or PlatformNotSupportedException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private async Task<WatchedSilo> LookAsync(WatchedSilo watched, CancellationToken cancellation)
    {
        var silo = watched.Silo;
        if (!watched.IsSuspect && await AnswersAsync(silo, cancellation).ConfigureAwait(false)) return watched.Answered();
        if (!watched.HasAnswered) return watched;
        var seen = await IsRefusedAsync(silo, cancellation).ConfigureAwait(false) ? watched.Refused() : watched.Silent();
        if (seen.IsGone) await DeclareDeadAsync(silo).ConfigureAwait(false);
        return seen;
    }

    private async Task DeclareDeadAsync(SiloAddress silo)
    {
        try
        {
            GrainsLog.SiloGone(node.Settings.Log, silo);
            await membership.TryKill(silo).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            GrainsLog.NotDeclared(node.Settings.Log, e, silo);
        }
    }

    private async Task<bool> AnswersAsync(SiloAddress silo, CancellationToken cancellation)
    {
        try
        {
            var answer = others.Of(silo).AnswerAsync();
            answer.Ignore();
            await answer.WaitAsync(LongestAnswer, TimeProvider.System, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>True if the machine answers that nobody listens there; a machine that does not answer tells nothing.</summary>
    internal static async Task<bool> IsRefusedAsync(SiloAddress silo, CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        enough.CancelAfter(LongestAnswer);
        try
        {
            using var socket = new Socket(silo.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(silo.Endpoint, enough.Token).ConfigureAwait(false);
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}

using System.Diagnostics;
using Jobs.Grains.Node;
using Jobs.Grains.Placement;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Runtime.Services;

namespace Jobs.Grains.Hosting;

/// <summary>Tells all silos something. One that does not hear of it finds out by itself, later.</summary>
internal sealed class NodeServiceClient(IServiceProvider services, SiloMembers members, SiloNode node) : GrainServiceClient<INodeService>(services)
{
    /// <summary>How long a silo that leaves waits until the others know it; most answer at once, and one that is gone does not.</summary>
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(2);

    /// <summary>Silos that are told to stop together hear of it, and of each other, one after the other within this time.</summary>
    private static readonly TimeSpan TogetherWithin = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    private long _leavingSince;

    /// <summary>Tells the others that this silo is about to leave. What is placed here by one that does not hear of it is refused.</summary>
    internal Task SayFarewellAsync()
    {
        _leavingSince = Stopwatch.GetTimestamp();
        members.NoteLeaving(members.Self);
        return TellOthersAsync("this silo's stop", other => other.NoticeLeavingAsync(members.Self));
    }

    internal INodeService Of(SiloAddress silo) => GetGrainService(silo);

    /// <summary>
    /// Tells the others that nothing runs here any more, and waits for those that leave as well: the answers of one may go to clients through
    /// the gateway of another one, which must not be closed before.
    /// </summary>
    internal async Task LeaveTogetherAsync(CancellationToken cancellation)
    {
        await TellOthersAsync("this silo's drain", other => other.NoticeDrainedAsync(members.Self)).ConfigureAwait(false);
        while ((members.OthersDrain || MayBeJoined) && !cancellation.IsCancellationRequested)
            await Task.Delay(LookAgain, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
    }

    private bool MayBeJoined => members.OthersStay && Stopwatch.GetElapsedTime(_leavingSince) < TogetherWithin;

    private async Task TellOthersAsync(string what, Func<INodeService, Task> tell)
    {
        try
        {
            await Task.WhenAll(members.Others.Select(silo => TellAsync(silo, what, tell)))
                .WaitAsync(LongestFarewell, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It finds out by the membership.
        }
    }

    /// <summary>Tells all living silos; returns when each has answered or has failed to.</summary>
    internal Task TellAllAsync(string what, Func<INodeService, Task> tell) =>
        Task.WhenAll(members.Others.Append(members.Self).Select(silo => TellAsync(silo, what, tell)));

    /// <summary>Asks one silo.</summary>
    internal Task<T> AskAsync<T>(SiloAddress silo, Func<INodeService, Task<T>> ask) => ask(GetGrainService(silo));

    /// <summary>Tells one silo; returns when it has answered or has failed to.</summary>
    internal async Task TellAsync(SiloAddress silo, string what, Func<INodeService, Task> tell)
    {
        try
        {
            await tell(GetGrainService(silo)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            GrainsLog.NotTold(node.Settings.Log, e, silo, what);
        }
    }
}

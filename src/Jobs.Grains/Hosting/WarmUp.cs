using Jobs.Grains.Node;
using Orleans.Serialization;

namespace Jobs.Grains.Hosting;

/// <summary>
/// Has the runtime compile, before the silo is a member, what a partition needs to be opened, to run a job and to be closed, what its messages need, and
/// what a silo needs to stop. Else the first partition that comes to a new silo stands still for as long as that takes, which is a second or two on a
/// small machine, and it comes from a silo that stops or is dead; and so do the partitions of a silo that stops. It runs once in a process, on a store in
/// memory; the silo's own store does what it needs by itself.
/// </summary>
internal static class WarmUp
{
    /// <summary>If it takes so long something is wrong, and the silo is to start all the same.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private static Task? _once;

    /// <summary>Returns when the code and the store are warm, when that has failed, or when it takes too long.</summary>
    internal static async Task RunAsync(SiloNode node, Serializer serializer, CancellationToken cancellation)
    {
        try
        {
            var once = LazyInitializer.EnsureInitialized(ref _once, () => Task.Run(new WarmUpJob(serializer).RunAsync, CancellationToken.None));
            await Task.WhenAll(once, node.Store.WarmUpAsync(cancellation).AsTask()).WaitAsync(Longest, TimeProvider.System, cancellation)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            GrainsLog.NotWarm(node.Settings.Log, e);
        }
    }
}

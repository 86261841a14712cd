using System.Collections.Concurrent;
using Jobs.Client.Workers;
using Jobs.Core;
using Jobs.Grains.Contracts;
using Jobs.Grains.Node;
using Orleans;
using Orleans.Runtime;

namespace Jobs.Grains.Hosting;

/// <inheritdoc cref="IWorkerCalls"/>
internal sealed class WorkerCalls(
    NodeServiceClient nodes, IClusterMembershipService membership, ILocalSiloDetails local, IGrainFactory grains, SiloNode node) : IWorkerCalls
{
    /// <summary>How long a living silo has to answer; one that takes longer is about to be declared dead, or nothing can be done.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How often it is looked whether a silo that does not answer is dead.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly GrainGate _gate = new(grains);
    private readonly ConcurrentDictionary<string, IJobWorker> _listeners = new(StringComparer.Ordinal);
    private readonly Lock _refreshing = new();
    private Task _current = Task.CompletedTask;
    private Task? _next;

    public string Id { get; } = local.SiloAddress.ToParsableString();

    public Task<WorkerOrders> ReportAsync(PartitionKey partition, WorkerReport report) => _gate.ReportAsync(partition, report);

    public async Task<IReadOnlyList<HeldJobs>> AskHeldAsync(PartitionKey partition, long epoch, CancellationToken cancellation)
    {
        // Those that are known are asked meanwhile.
        var reading = RefreshAsync().WaitAsync(cancellation);
        var asked = Others.ToDictionary(silo => silo, silo => AskAsync(silo, partition, epoch, cancellation));
        await reading.ConfigureAwait(false);
        foreach (var silo in Others.Where(silo => !asked.ContainsKey(silo)).ToList()) asked.Add(silo, AskAsync(silo, partition, epoch, cancellation));
        return [.. (await Task.WhenAll(asked.Values).ConfigureAwait(false)).OfType<HeldJobs>()];
    }

    public bool MayLive(string worker)
    {
        // A worker outside of the silos has no address as its id.
        if (!IsSilo(worker, out var silo)) return true;
        return membership.CurrentSnapshot.GetSiloStatus(silo) is not SiloStatus.Dead;
    }

    public void Forget(string worker) => _listeners.TryRemove(worker, out _);

    /// <summary>Takes note of how a worker outside of the silos is called.</summary>
    internal void Know(WorkerReportMessage report)
    {
        if (report.IsLast) _listeners.TryRemove(report.Worker, out _);
        else if (report.Listener is { } listener) _listeners[report.Worker] = listener;
    }

    public void CallSilos(PartitionKey partition)
    {
        foreach (var silo in Others) nodes.Of(silo).ComeAsync(partition.Queue, partition.Number).Ignore();
    }

    public void Nudge(PartitionKey partition, string worker)
    {
        if (IsSilo(worker, out var silo)) nodes.Of(silo).ComeAsync(partition.Queue, partition.Number).Ignore();
        else if (_listeners.TryGetValue(worker, out var listener)) listener.ComeAsync(partition.Queue, partition.Number).Ignore();
    }

    /// <summary>
    /// Has this silo know all members there are now: one that it has not heard of yet may have had the partition. Those who ask while it is read
    /// share the next reading.
    /// </summary>
    private Task RefreshAsync()
    {
        lock (_refreshing)
        {
            return _next ??= RefreshBehindAsync(_current);
        }
    }

    private async Task RefreshBehindAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task reading;
        lock (_refreshing)
        {
            _next = null;
            _current = reading = membership.Refresh().AsTask();
        }

        await reading.ConfigureAwait(false);
    }

    private IEnumerable<SiloAddress> Others => membership.CurrentSnapshot.Members.Values
        .Where(member => member.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping)
        .Select(member => member.SiloAddress).Where(silo => !silo.Equals(local.SiloAddress));

    private async Task<HeldJobs?> AskAsync(SiloAddress silo, PartitionKey partition, long epoch, CancellationToken cancellation)
    {
        try
        {
            var answer = nodes.Of(silo).LetGoAsync(partition.Queue, partition.Number, epoch);
            var from = TimeProvider.System.GetTimestamp();
            while (!answer.IsCompleted)
            {
                if (!MayLive(silo.ToParsableString())) return null;
                if (TimeProvider.System.GetElapsedTime(from) > Patience) throw new TimeoutException($"The silo {silo} did not answer.");
                await Task.WhenAny(answer, Task.Delay(Look, TimeProvider.System, cancellation)).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
            }

            return (await answer.ConfigureAwait(false)).ToHeld();
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            GrainsLog.NotAsked(node.Settings.Log, e, silo, partition);
            return null;
        }
    }

    private static bool IsSilo(string worker, out SiloAddress silo)
    {
        silo = null!;
        if (!worker.Contains('@', StringComparison.Ordinal)) return false;
        try
        {
            silo = SiloAddress.FromParsableString(worker);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

using Jobs.Client;
using Jobs.Core;
using Jobs.Grains.Limits;
using Jobs.Grains.Node;
using Jobs.Grains.Placement;
using Jobs.Grains.Schedules;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Jobs.Grains.Hosting;

/// <summary>Starts a silo's part of the job service when the silo is a member of the cluster, and drains it before the silo leaves.</summary>
internal sealed class NodeLifecycle(
    SiloNode node, ClusterJobClient client, PartitionKeeper keeper, PartitionBalancer balancer, PartitionHandover handover, SiloWatch watch,
    NodeSchedules schedules, NodeTopics topics, LimitExchange limits, NodeServiceClient others, SiloMembers members, MoveRehearsal rehearsal,
    IServiceProvider services)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    /// <summary>The lease is renewed this many times before it is over, so that some of them may fail.</summary>
    private const int RenewalsPerLease = 4;

    /// <summary>As long as silos drain that stop at the same time, if nothing is said of that.</summary>
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly HistoryPruner _pruner = new(node.Store, node.Clock);
    private Task _keeping = Task.CompletedTask;
    private ITimer? _prune;
    private ITimer? _renew;
    private int _isPruning;
    private int _renewals;

    public void Participate(ISiloLifecycle lifecycle)
    {
        // Modules first: a partition may be activated as soon as the silo is a member.
        lifecycle.Subscribe(nameof(NodeLifecycle), ServiceLifecycleStage.ApplicationServices, RegisterAsync);

        // The first to stop: while jobs drain and partitions move, clients still have their gateway, and silos talk to each other.
        lifecycle.Subscribe(nameof(NodeLifecycle), ServiceLifecycleStage.Active + 1, StartAsync, StopAsync);
    }

    public void Dispose() => _stop.Dispose();

    private async Task RegisterAsync(CancellationToken cancellation)
    {
        await WarmUp.RunAsync(node, services.GetRequiredService<Serializer>(), cancellation).ConfigureAwait(false);
        limits.Attach(node);
        var registry = node.Settings.Registry;
        foreach (var module in node.Settings.Modules) module.Register(registry);
        registry.Changed += Bind;
        Bind();
        node.Connect(services.GetRequiredService<WorkerCalls>());
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        await schedules.StartAsync(cancellation).ConfigureAwait(false);
        await node.DeclareLimitsAsync(cancellation).ConfigureAwait(false);
        limits.Start();
        await topics.StartAsync(cancellation).ConfigureAwait(false);
        _keeping = Task.WhenAll(
            Task.Run(() => keeper.RunAsync(_stop.Token), CancellationToken.None),
            Task.Run(() => balancer.RunAsync(_stop.Token), CancellationToken.None),
            Task.Run(() => watch.RunAsync(_stop.Token), CancellationToken.None));
        _prune = node.Clock.CreateTimer(_ => _ = PruneAsync(), null, HistoryPruner.Period, HistoryPruner.Period);
        var period = node.Settings.OwnerLease / RenewalsPerLease;
        await node.StartInboxAsync(keeper.WakeAsync, cancellation).ConfigureAwait(false);
        _renew = TimeProvider.System.CreateTimer(_ => _ = RenewAsync(), null, TimeSpan.Zero, period);
        await rehearsal.RunAsync(cancellation).ConfigureAwait(false);
    }

    private async Task StopAsync(CancellationToken cancellation)
    {
        // Before anything moves: silos that stop at the same time must not send each other what they have.
        var farewell = cancellation.IsCancellationRequested ? Task.CompletedTask : others.SayFarewellAsync();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _keeping.ConfigureAwait(false);
        if (_renew is not null) await _renew.DisposeAsync().ConfigureAwait(false);
        if (_prune is not null) await _prune.DisposeAsync().ConfigureAwait(false);
        await schedules.DisposeAsync().ConfigureAwait(false);
        var inbox = node.StopInboxAsync();
        await farewell.ConfigureAwait(false);
        await node.StopTakingAsync().ConfigureAwait(false);
        await handover.LeaveAsync(Task.WhenAll(inbox, node.DrainAsync(cancellation), topics.StopAsync()), cancellation).ConfigureAwait(false);
        await limits.LeaveAsync().ConfigureAwait(false);
        await node.ReleaseAsync().ConfigureAwait(false);
        if (!cancellation.IsCancellationRequested) await LeaveTogetherAsync(cancellation).ConfigureAwait(false);
        node.Settings.Registry.Changed -= Bind;
        foreach (var registration in node.Settings.Registry.All) registration.Task.Unbind(client);
    }

    private async Task LeaveTogetherAsync(CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        enough.CancelAfter(LongestFarewell);
        await others.LeaveTogetherAsync(enough.Token).ConfigureAwait(false);
    }

    private void Bind()
    {
        if (!node.Settings.BindTasks) return;
        foreach (var registration in node.Settings.Registry.All) registration.Task.Bind(client);
    }

    private async Task RenewAsync()
    {
        try
        {
            var looksAtMore = ++_renewals % RenewalsPerLease == 0;
            await node.RenewAsync(looksAtSettings: looksAtMore).ConfigureAwait(false);
            if (looksAtMore) node.LookIntoInbox();
        }
        catch (Exception e)
        {
            GrainsLog.RenewFailed(node.Settings.Log, e);
        }
    }

    private async Task PruneAsync()
    {
        // A clock that leaps ahead fires the timer once for each period that it skips; one look is enough for all of them.
        if (Interlocked.Exchange(ref _isPruning, 1) == 1) return;
        try
        {
            // One is enough, and all know the same members; while they do not, two at once do no harm.
            if (!members.IsFirst) return;

            // The record of an occurrence's job is what keeps the occurrence from firing again before it is noted that it has fired.
            if (!await schedules.AreSettledAsync().ConfigureAwait(false)) return;
            await _pruner.PruneAsync(node.QueueOptions, () => !_stop.IsCancellationRequested).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            GrainsLog.PruneFailed(node.Settings.Log, e);
        }
        finally
        {
            Volatile.Write(ref _isPruning, 0);
        }
    }
}

using Jobs.Client.Workers;
using Jobs.Core;
using Jobs.Grains.Contracts;
using Jobs.Grains.Hosting;
using Jobs.Grains.Node;
using Jobs.Grains.Placement;
using Orleans;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;

namespace Jobs.Grains;

/// <summary>
/// The grain of one partition. Orleans sees to it that there is one; the epoch sees to it that one at most can write, also while there are
/// two. It stays until its silo stops or the partition is lost to another owner; while it has work, a reminder brings it back after any crash.
/// </summary>
[Reentrant]
[KeepAlive]
[Immovable]
[EvenPlacement]
internal sealed partial class QueuePartitionGrain(
    SiloNode node, SiloMembers members, PartitionHandover handover, GrainReminders reminders, WorkerCalls workers)
    : Grain, IQueuePartition, IRemindable, IGrainMigrationParticipant, IDisposable
{
    /// <summary>How long whoever commits for this partition may take; longer than a commit, and than a caller waits for an answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<long, PendingReservation> _pending = [];
    private readonly CancellationTokenSource _ending = new();
    private Task _opening = Task.CompletedTask;
    private bool _hasMoved;
    private long _lastReservation;
    private HostedPartition? _hosted;
    private WakeReminder? _reminder;
    private bool _isLeaving;

    private HostedPartition Hosted => IsHere ? _hosted! : throw Moved();

    private bool IsHere => !_isLeaving && _hosted is { Runner.IsServing: true, HasLeft: false };

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // Placed by a silo that has not heard of it yet. If all leave, what they need for that is served to the end.
        if (members.IsLeaving && members.StayingFor(GrainContext.GrainId.Type).Count > 0) throw Moved();

        // Those that move here are opened beside each other: the runtime sends the next ones when these are active. Calls wait for the opening.
        _opening = OpenAsync(_hasMoved ? _ending.Token : cancellationToken);
        if (!_hasMoved) await _opening;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _isLeaving = true;
        handover.Remove(GrainContext);
        await _ending.CancelAsync();
        await _opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (_hosted is { } hosted) await node.CloseAsync(hosted);
        await handover.ClosedAsync(GrainContext);
    }

    public void OnDehydrate(IDehydrationContext dehydrationContext)
    {
        // All that it has is in the store.
    }

    public void OnRehydrate(IRehydrationContext rehydrationContext) => _hasMoved = true;

    public void Dispose() => _ending.Dispose();

    public async Task WakeAsync() => (await OpenedAsync()).Runner.Post(PartitionMail.Wake.Instance);

    public Task<EnqueueReply> EnqueueAsync(EnqueueRequest request, CancellationToken cancellation) => request.Others is { } others
        ? EnqueueTogetherAsync(request, others)
        : HereAsync(hosted => node.EnqueueAsync(hosted, request, cancellation));

    public Task<Reservation> PrepareAsync(EnqueueRequest request, CancellationToken cancellation) => HereAsync(async hosted =>
    {
        foreach (var job in request.Jobs.Where(job => job.ReplacedDeliveries is not null))
            await ReusedIds.SettleAsync(hosted.Runner, job.Id, node.Waiters);
        var place = node.Place(hosted, request) with { Number = ++_lastReservation };
        var changes = node.Plan.Changes(request, place, hosted.Queue.Options.Strategy);
        await node.ReserveAsync(hosted, request, cancellation);

        // The commit may still be under way when nobody tells its fate. Under a new epoch it has happened, or never will.
        var forgotten = this.RegisterGrainTimer(LeaveAsync, new GrainTimerCreationOptions(Patience, Timeout.InfiniteTimeSpan));
        _pending.Add(place.Number, new PendingReservation(request, changes, forgotten));
        return place;
    });

    public Task SettleAsync(long reservation, EnqueueReply? reply)
    {
        var hosted = Hosted;
        if (!_pending.Remove(reservation, out var pending)) throw Moved();
        pending.Forgotten.Dispose();
        node.Account(hosted, pending.Request, reply);
        if (reply is not null)
        {
            var jobs = pending.Changes.Select(c => c.Transition).Where(t => reply.Existing?.ContainsKey(t.Job.Id) != true);
            hosted.Runner.Post(new PartitionMail.Inserted([.. jobs]));
        }

        return Task.CompletedTask;
    }

    public Task FencedAsync(long epoch)
    {
        if (IsHere && _hosted!.Runner.Epoch == epoch) _hosted.Runner.Post(PartitionMail.Fenced.Instance);
        return Task.CompletedTask;
    }

    public async Task<JobSnapshot?> FindAsync(JobId id) => await node.FindAsync(await OpenedAsync(), id);

    public Task<WatchReply> WatchAsync(WatchRequest request) => HereAsync(_ => node.Watches.WatchAsync(request));

    public Task<JobSnapshot> ApplyAsync(JobId id, JobActionMessage action) => HereAsync(hosted => node.ApplyAsync(hosted, id, action.ToAction()));

    public Task<WorkerOrdersMessage> ExchangeAsync(WorkerReportMessage report)
    {
        workers.Know(report);
        return HereAsync(async hosted => (await node.ExchangeAsync(hosted, report.ToReport())).ToMessage());
    }

    public async Task ShowStartsAsync() => await SiloNode.ShowStartsAsync(await OpenedAsync());

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await _opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _reminder?.Seen();
        if (_hosted is { } hosted) hosted.HasReminder = _reminder is not null;
        if (IsHere) await WakeAsync();
    }

    private async Task OpenAsync(CancellationToken cancellation)
    {
        var context = GrainContext;
        try
        {
            var (queue, number) = PartitionKeys.Parse(this.GetPrimaryKeyString());
            _hosted = await node.OpenAsync(
                new PartitionKey(queue, number),
                key => context.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, $"The partition {key} is lost.")),
                cancellation);
        }
        catch (Exception e) when (_hasMoved)
        {
            // Whoever called it meanwhile tries again, and is told if the next activation cannot open it either.
            var reason = new DeactivationReason(DeactivationReasonCode.ApplicationError, e, "The partition could not be opened.");
            context.Deactivate(reason, CancellationToken.None);
            throw Moved();
        }

        if (_isLeaving) return;
        handover.Add(context, _hosted);
        if (reminders.For(this) is not { } reminder) return;
        var turns = TaskScheduler.Current;
        _reminder = reminder;
        _hosted.KeepReminderAsync = () => Task.Factory.StartNew(KeepReminderAsync, CancellationToken.None, TaskCreationOptions.None, turns).Unwrap();
    }

    private async Task KeepReminderAsync()
    {
        if (!IsHere) return;
        await _reminder!.KeepAsync(_hosted!.HasWork);
        _hosted.HasReminder = _reminder.IsSet;
    }

    private async Task<EnqueueReply> EnqueueTogetherAsync(EnqueueRequest first, EnqueueRequest[] others)
    {
        var replies = await node.EnqueueEachAsync(await OpenedAsync(), [first, .. others]);
        for (var i = 0; i < replies.Length; i++)
        {
            if (replies[i].Error is { } error && IsOfMove(error)) replies[i] = new EnqueueReply { Error = Moved() };
        }

        return replies[0] with { Others = replies[1..] };
    }

    private Task LeaveAsync(CancellationToken cancellation)
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private async ValueTask<HostedPartition> OpenedAsync()
    {
        await _opening;
        return Hosted;
    }

    /// <summary>A call that meets the end of the partition on this silo is repeated by its client.</summary>
    private async Task<T> HereAsync<T>(Func<HostedPartition, Task<T>> call)
    {
        try
        {
            return await call(await OpenedAsync());
        }
        catch (Exception e) when (IsOfMove(e))
        {
            throw Moved();
        }
    }

    private bool IsOfMove(Exception error) => error is PartitionLostException || (error is ServiceStoppedException && !IsHere);

    private PartitionMovedException Moved() => new(this.GetPrimaryKeyString());
}

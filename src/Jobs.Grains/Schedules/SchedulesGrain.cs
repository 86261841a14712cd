using System.Globalization;
using Jobs.Core;
using Jobs.Grains.Contracts;
using Jobs.Grains.Hosting;
using Jobs.Grains.Node;
using Jobs.Grains.Placement;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Jobs.Grains.Schedules;

/// <summary>
/// The grain of a shard of schedules. The rules are the plan's, the loop is the runner's, and the truth is the stored row with its next time:
/// two activations for a moment do no harm. While there are schedules, a reminder brings the grain back after any crash.
/// </summary>
[Reentrant]
[KeepAlive]
[EvenPlacement]
internal sealed class SchedulesGrain(
    SiloNode node, ClusterScheduleHost host, NodeSchedules all, PartitionHandover handover, GrainReminders reminders)
    : Grain, ISchedules, IRemindable
{
    private ScheduleView? _view;
    private ScheduleRunner? _runner;
    private WakeReminder? _reminder;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (node.Store.Schedules is not { } store) return;
        _reminder = reminders.For(this);
        _view = new ShardView(store, this.GetPrimaryKeyLong());
        if (!node.Settings.ScheduleOptions.FiresSchedules) return;
        handover.Add(GrainContext);
        _runner = host.RunnerOf(_view);
        Wake();
        await LookForReminderAsync();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        handover.Remove(GrainContext);
        if (_runner is { } runner) await EndAsync(runner, cancellationToken);
        await handover.ClosedAsync(GrainContext);
    }

    public Task WakeAsync()
    {
        Wake();
        return Task.CompletedTask;
    }

    public async Task NoticeAsync(ScheduleId id)
    {
        if (await host.Store.FindScheduleAsync(id, CancellationToken.None) is { } schedule) Keep(schedule);
        await TellAsync(id);
    }

    public Task<ScheduleSnapshot> AddAsync(ScheduleDefinition definition, bool isRepeated) =>
        WriteAsync(definition, book => book.AddAsync(definition, isRepeated, CancellationToken.None));

    public Task<ScheduleSnapshot> UpsertAsync(ScheduleDefinition definition) =>
        WriteAsync(definition, book => book.UpsertAsync(definition, CancellationToken.None));

    public Task<ScheduleSnapshot> ChangeAsync(ScheduleDefinition definition, long? version, bool isRepeated) =>
        WriteAsync(definition, book => book.ChangeAsync(definition, version, isRepeated, CancellationToken.None));

    public Task<ScheduleSnapshot> PauseAsync(ScheduleId id) => WriteAsync(id, book => book.PauseAsync(id, CancellationToken.None));

    public Task<ScheduleSnapshot> ResumeAsync(ScheduleId id) => WriteAsync(id, book => book.ResumeAsync(id, CancellationToken.None));

    public async Task RemoveAsync(ScheduleId id, bool isRepeated)
    {
        try
        {
            await host.BookOf(static _ => { }).RemoveAsync(id, CancellationToken.None);
        }
        catch (ScheduleNotFoundException) when (isRepeated)
        {
            // By the call before.
        }

        _runner?.Forget(id);
        await all.TellAllAsync(id);
        await LookForReminderAsync();
    }

    public Task<bool> SettleAsync() => _runner?.LookAsync() ?? Task.FromResult(true);

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        Wake();
        if (_reminder is not { IsSet: false } reminder) return;

        // Left by an earlier activation; it may be for nothing by now.
        reminder.Seen();
        await LookForReminderAsync();
    }

    private async Task EndAsync(ScheduleRunner runner, CancellationToken cancellation)
    {
        // A store that does not answer must not hold the silo; whatever it does in the end, the next look at the schedule finds it.
        try
        {
            await runner.DisposeAsync().AsTask().WaitAsync(node.Settings.StopTime + TimeSpan.FromSeconds(1), cancellation);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
        }
    }

    private Task<ScheduleSnapshot> WriteAsync(ScheduleDefinition definition, Func<ScheduleBook, ValueTask<ScheduleRecord>> write)
    {
        node.Plan.Check(definition);
        return WriteAsync(definition.Id, write);
    }

    private async Task<ScheduleSnapshot> WriteAsync(ScheduleId id, Func<ScheduleBook, ValueTask<ScheduleRecord>> write)
    {
        ScheduleRecord? changed = null;
        var schedule = await write(host.BookOf(written => changed = written));
        if (changed is not null)
        {
            Keep(changed);
            await TellAsync(id);
        }

        return host.Show(schedule);
    }

    private void Keep(ScheduleRecord schedule)
    {
        if (_view!.IsIn(schedule)) _runner?.Notice(schedule);
        else _runner?.Forget(schedule.Id);
    }

    private async Task TellAsync(ScheduleId id)
    {
        await all.TellAllAsync(id);
        await KeepReminderAsync(isWanted: true);
    }

    /// <summary>The runner has threads of its own: nothing of it happens on this grain's turns.</summary>
    private void Wake()
    {
        if (_runner is { } runner) Task.Run(runner.Wake).Ignore();
    }

    private async Task LookForReminderAsync()
    {
        try
        {
            await KeepReminderAsync((await _view!.ListScheduleVersionsAsync(CancellationToken.None)).Count > 0);
        }
        catch (Exception e)
        {
            GrainsLog.ReminderFailed(node.Settings.Log, e, Name);
        }
    }

    private async Task KeepReminderAsync(bool isWanted)
    {
        try
        {
            if (_reminder is { } reminder) await reminder.KeepAsync(isWanted);
        }
        catch (Exception e)
        {
            // Schedules fire without it, as long as there is this activation; it is tried again with the next change.
            GrainsLog.ReminderFailed(node.Settings.Log, e, Name);
        }
    }

    private string Name => string.Create(CultureInfo.InvariantCulture, $"schedules {this.GetPrimaryKeyLong()}");
}

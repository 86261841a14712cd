namespace Jobs.Core;

/// <content>Schedules: what the code declares is stored, then whatever is stored fires.</content>
public sealed partial class EmbeddedEngine : IScheduleHost
{
    private ScheduleRunner? _schedules;

    string IScheduleHost.Node => _settings.WorkerName;

    internal IScheduleStore ScheduleStore => Store.Schedules ?? throw new SchedulesNotKeptException($"The store {Store.GetType().Name}");

    internal ScheduleBook ScheduleBook => new(ScheduleStore, Clock, _settings.Random, schedule => _schedules?.Notice(schedule));

    bool IScheduleHost.CanFire(ScheduleOccurrence occurrence, QueueName queue) =>
        FindQueue(queue) is not { } open || open.Find(occurrence.JobId.Partition) is not null;

    /// <summary>
    /// The queue itself, unless another process owns it: that one would run what this one fires. Then one beside it that nobody else has.
    /// </summary>
    async ValueTask<QueueName> IScheduleHost.QueueOfNodeAsync(QueueName queue, CancellationToken cancellation)
    {
        var shared = await QueueAsync(queue, cancellation).ConfigureAwait(false);
        if (!IsElsewhere(shared) || !Store.Capabilities.HasManyOwners) return queue;
        for (var number = 1; number <= NodeQueue.MaxCount; number++)
        {
            var own = await QueueAsync(NodeQueue.Of(queue, number), cancellation).ConfigureAwait(false);
            if (!IsElsewhere(own)) return own.Name;
        }

        return queue;
    }

    /// <summary>Whether another process owns the partition that occurrences go to, which is the first one.</summary>
    private static bool IsElsewhere(JobQueue queue) => queue.Find(0) is null && queue.Seats[0].HeldBy is not null;

    async ValueTask<JobState?> IScheduleHost.StateOfAsync(JobId id, CancellationToken cancellation) =>
        (await Store.FindAsync(id, cancellation).ConfigureAwait(false))?.State;

    async ValueTask IScheduleHost.FireAsync(ScheduleDefinition definition, ScheduleOccurrence occurrence, CancellationToken cancellation)
    {
        try
        {
            await Client.EnqueueAsync([occurrence.ToJob(ScheduledJobs.TaskOf(definition))], cancellation).ConfigureAwait(false);
        }
        catch (DuplicateJobException)
        {
            // It has fired, here or on another node, and this was not written down.
        }
    }

    /// <summary>Refuses a schedule whose jobs would be refused.</summary>
    internal void RequireEnqueueable(ScheduleDefinition definition)
    {
        var task = ScheduledJobs.TaskOf(definition);
        RequireAccepted(task);
        if (definition.Payload.Length > _settings.Limits.MaxPayloadBytes)
            throw new LimitExceededException(nameof(JobLimits.MaxPayloadBytes), definition.Payload.Length, _settings.Limits.MaxPayloadBytes);
        _ = _terms.Create(task, ScheduledJobs.OptionsOf(definition, DateTimeOffset.UnixEpoch), "");
    }

    internal void ForgetSchedule(ScheduleId id) => _schedules?.Forget(id);

    private async Task DeclareSchedulesAsync(CancellationToken cancellation)
    {
        foreach (var declare in _settings.Schedules)
        {
            var (definition, hash) = declare.Make(Codec);
            RequireEnqueueable(definition);
            var stored = await ScheduleBook.DeclareAsync(definition, hash, cancellation).ConfigureAwait(false);
            if (stored.Next is null && stored.Runs == 0) ScheduleLog.NeverFires(_settings.Log, definition.Id);
        }
    }

    private void StartSchedules()
    {
        if (!_settings.RunsJobs || _settings.RunsOnDemand || !_settings.ScheduleOptions.FiresSchedules || Store.Schedules is not { } store) return;
        _schedules = new ScheduleRunner(store, this, Clock, _settings.ScheduleOptions, _settings.Log);
        _schedules.Wake();
    }

    /// <summary>
    /// Whether records may be pruned: not while an occurrence may have fired without this being written, because its job's record is what
    /// keeps it from firing again.
    /// </summary>
    internal Task<bool> AreSchedulesSettledAsync() => _schedules is { } schedules ? schedules.LookAsync() : Task.FromResult(true);

    private async Task StopSchedulesAsync()
    {
        if (_schedules is not { } schedules) return;
        var stopped = schedules.DisposeAsync().AsTask();
        try
        {
            await stopped.WaitAsync(Times.ForTimer(_settings.StopTime), _settings.Clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The store does not answer. Whatever it does in the end, the next look at the schedule finds it.
        }
    }
}

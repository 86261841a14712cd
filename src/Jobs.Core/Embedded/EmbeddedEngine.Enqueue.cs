namespace Jobs.Core;

/// <content>From what a caller asks to committed jobs.</content>
public sealed partial class EmbeddedEngine
{
    internal async ValueTask<IReadOnlyList<JobHandle>> EnqueueAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation)
    {
        // Later on, giving up the wait would not take back what is on its way to the store.
        cancellation.ThrowIfCancellationRequested();
        _drafts.CheckSizes(jobs, RequireAccepted);
        while (true)
        {
            try
            {
                if (await TryEnqueueAsync(jobs, null, cancellation).ConfigureAwait(false) is { } handles) return handles;
            }
            catch (DuplicateJobException taken) when (IsReusable(jobs, taken.Id))
            {
                return await EnqueueAgainAsync(jobs, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Enqueues, unless a partition was lost on the way: null then, nothing was changed, and the next owner is asked.</summary>
    private async ValueTask<JobHandle[]?> TryEnqueueAsync(IReadOnlyList<EncodedJob> jobs, ReusedIds? reused, CancellationToken cancellation)
    {
        var (changes, owners, queues) = await PrepareAsync(jobs, cancellation).ConfigureAwait(false);
        reused?.ReplaceIn(changes, Clock.GetUtcNow());
        await ReserveAsync(queues, cancellation).ConfigureAwait(false);
        try
        {
            if (!_pipeline.HasRoom) await WaitForStoreAsync(queues.Keys, cancellation).ConfigureAwait(false);
            for (var i = 0; i < changes.Length; i++)
            {
                if (jobs[i].IsAwaited) Waiters.Prepare(changes[i].Transition.Job.Id);
            }
        }
        catch
        {
            foreach (var (queue, count) in queues) queue.Release(count);
            throw;
        }

        var unit = new EnqueueUnit(changes, owners);
        _pipeline.Submit(unit);
        if (unit.Settled.IsCompletedSuccessfully) return Answer(jobs, changes, queues, unit.Settled.Result);
        var answer = AnswerLaterAsync(unit, jobs, changes, queues);
        return await answer.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>A caller who gives up waiting leaves this running: what was reserved for his jobs is still settled.</summary>
    private async Task<JobHandle[]?> AnswerLaterAsync(
        EnqueueUnit unit, IReadOnlyList<EncodedJob> jobs, JobChange[] changes, Dictionary<JobQueue, int> queues) =>
        Answer(jobs, changes, queues, await unit.Settled.ConfigureAwait(false));

    /// <summary>Waits while the store is behind, as long and as willingly as the queues say.</summary>
    private async ValueTask WaitForStoreAsync(IEnumerable<JobQueue> queues, CancellationToken cancellation)
    {
        var queue = queues.MinBy(q => q.Options.WhenFull is FullQueue.Throw ? TimeSpan.Zero : q.Options.WaitForRoom)!;
        var patience = queue.Options.WhenFull is FullQueue.Throw ? TimeSpan.Zero : queue.Options.WaitForRoom;
        using var time = new CancellationTokenSource(Times.ForTimer(patience), Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellation);
        try
        {
            await _pipeline.WaitForRoomAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new QueueBusyException(queue.Name, nameof(CommitLimits.MaxQueuedChanges), _settings.CommitLimits.MaxQueuedChanges);
        }
    }

    private async ValueTask<(JobChange[] Changes, PartitionRunner[] Owners, Dictionary<JobQueue, int> Queues)> PrepareAsync(
        IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation)
    {
        var changes = new JobChange[jobs.Count];
        var owners = new PartitionRunner[jobs.Count];
        var queues = new Dictionary<JobQueue, int>(1);
        var now = Clock.GetUtcNow();
        var requestId = _terms.CurrentRequestId();
        JobTerms? terms = null;
        JobQueue? queue = null;
        var runAt = now;
        Priority priority = default;
        var inQueue = 0;
        var storedBytes = 0L;
        for (var i = 0; i < changes.Length; i++)
        {
            var (task, _, options, _) = jobs[i];
            if (terms is null || !ReferenceEquals(task, jobs[i - 1].Task) || !ReferenceEquals(options, jobs[i - 1].Options))
            {
                if (queue is not null) queues[queue] = queues.GetValueOrDefault(queue) + inQueue;
                terms = _terms.Create(task, options, requestId);
                queue = await QueueAsync(terms.Queue, cancellation).ConfigureAwait(false);
                runAt = _drafts.RunAt(options, now);
                priority = _terms.PriorityOf(task, options, terms.Queue);
                inQueue = 0;
            }
            else
            {
                JobDrafts.RequireSharable(options);
            }

            inQueue++;
            owners[i] = options?.Id is { } own
                ? await RequireAsync(queue!, JobDrafts.PartitionOf(own, terms.Queue, queue!.Seats.Count), cancellation).ConfigureAwait(false)
                : queue!.Choose(terms.GroupKey) ?? await ChooseAsync(queue!, terms.GroupKey, cancellation).ConfigureAwait(false);
            var id = options?.Id ?? _ids.Next(terms.Queue, owners[i].Key.Number);
            var record = _drafts.Record(jobs[i], id, terms, new DraftTimes(now, runAt), priority, owners[i].TakeSequence(1), ref storedBytes);
            changes[i] = owners[i].Change(new JobTransition(null, record)) with { IsFresh = options?.Id is null };
        }

        queues[queue!] = queues.GetValueOrDefault(queue!) + inQueue;
        return (changes, owners, queues);
    }

    private async ValueTask ReserveAsync(Dictionary<JobQueue, int> queues, CancellationToken cancellation)
    {
        var reserved = new List<(JobQueue Queue, int Count)>(queues.Count);
        try
        {
            // In one order for all callers, so that no two of them wait for what the other one has.
            foreach (var (queue, count) in queues.Count == 1 ? queues : queues.OrderBy(q => q.Key.Name.Value, StringComparer.Ordinal).AsEnumerable())
            {
                await queue.ReserveAsync(count, Clock, cancellation).ConfigureAwait(false);
                reserved.Add((queue, count));
            }
        }
        catch
        {
            foreach (var (queue, count) in reserved) queue.Release(count);
            throw;
        }
    }

    private static string KeyOf(JobChange[] changes, JobId id) => changes.First(change => change.Transition.Job.Id == id).Transition.Job.UniqueKey ?? "";

    private JobHandle[]? Answer(
        IReadOnlyList<EncodedJob> jobs, JobChange[] changes, Dictionary<JobQueue, int> queues, CommitVerdict verdict)
    {
        var existing = (verdict as CommitVerdict.CommittedExcept)?.Existing;
        if (verdict is not CommitVerdict.Committed && existing is null)
        {
            foreach (var (queue, count) in queues) queue.Release(count);
            for (var i = 0; i < changes.Length; i++)
            {
                if (jobs[i].IsAwaited) Waiters.Leave(changes[i].Transition.Job.Id);
            }

            if (verdict is CommitVerdict.Fenced && _state is not EngineState.Stopped) return null;
            throw verdict switch
            {
                CommitVerdict.IdTaken taken => new DuplicateJobException(taken.Id),
                CommitVerdict.Conflict changed => new DuplicateJobException(changed.Id),
                CommitVerdict.KeyTaken taken => new UniqueKeyTakenException(taken.Id, KeyOf(changes, taken.Id), taken.Holder),
                CommitVerdict.Failed failed => failed.Error,
                _ => new ServiceStoppedException("enqueue jobs"),
            };
        }

        var handles = new JobHandle[changes.Length];
        for (var i = 0; i < handles.Length; i++)
        {
            var job = changes[i].Transition.Job;
            if (existing is not null && existing.TryGetValue(job.Id, out var holder))
            {
                FindQueue(job.Terms.Queue)!.Release(1);
                if (jobs[i].IsAwaited) Waiters.Leave(job.Id);
                handles[i] = new JobHandle(Client, holder, alreadyExisted: true);
            }
            else
            {
                handles[i] = new JobHandle(Client, job.Id);
            }
        }

        return handles;
    }
}

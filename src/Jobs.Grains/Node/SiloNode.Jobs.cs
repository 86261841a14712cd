using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Grains.Node;

/// <content>What callers ask of a partition.</content>
internal sealed partial class SiloNode
{
    /// <summary>Commits new jobs of a partition.</summary>
    /// <remarks>
    /// Of a repeated request most jobs are there already, as a rule. They are looked for first: a commit that is refused for one of them is
    /// refused for all that share it, and after a crash many repeat at once.
    /// </remarks>
    internal Task<EnqueueReply> EnqueueAsync(HostedPartition partition, EnqueueRequest request, CancellationToken cancellation) =>
        request.IsRepeated || IdReuse.ReplacesAny(request)
            ? EnqueueMissingAsync(partition, request, cancellation)
            : CommitNewAsync(partition, request, null, cancellation);

    /// <summary>
    /// Commits requests that share a message, each by itself. Their replies come together, so that the partition's grain has one turn for all
    /// of them and not one for each.
    /// </summary>
    internal Task<EnqueueReply[]> EnqueueEachAsync(HostedPartition partition, EnqueueRequest[] requests) =>
        Task.WhenAll(Array.ConvertAll(requests, request => ReplyAsync(partition, request)));

    /// <summary>The reply to one of many requests of a message. None of them may wait for room, because all would.</summary>
    private async Task<EnqueueReply> ReplyAsync(HostedPartition partition, EnqueueRequest request)
    {
        if (!partition.Queue.HasRoom(request.Jobs.Length)) return EnqueueReply.PutOff;
        try
        {
            return await EnqueueAsync(partition, request, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return new EnqueueReply { Error = e };
        }
    }

    /// <summary>Commits new jobs.</summary>
    /// <param name="partition">Their partition.</param>
    /// <param name="request">The jobs.</param>
    /// <param name="reused">What is known of ids that are taken; null if none was found to be.</param>
    /// <param name="cancellation">Ends the wait for room.</param>
    private async Task<EnqueueReply> CommitNewAsync(
        HostedPartition partition, EnqueueRequest request, ReusedIds? reused, CancellationToken cancellation)
    {
        Plan.CheckBatch([request]);
        var changes = Plan.Changes(request, Place(partition, request), partition.Queue.Options.Strategy);
        reused?.ReplaceIn(changes, Clock.GetUtcNow());
        await ReserveAsync(partition, request, cancellation).ConfigureAwait(false);
        var owners = new PartitionRunner[changes.Length];
        Array.Fill(owners, partition.Runner);

        // What comes next is short and goes on elsewhere soon, so a change of thread for each request would cost more than it.
        var unit = new EnqueueUnit(changes, owners, TaskCreationOptions.None);
        await SubmitAsync(unit).ConfigureAwait(false);
        var verdict = await unit.Settled.ConfigureAwait(false);
        EnqueueReply? reply = null;
        try
        {
            reply = Answer(verdict, changes, partition.Key);
            if (reply is not null) return reply;
        }
        finally
        {
            Account(partition, request, reply);
        }

        var taken = TakenBy(verdict);
        if (reused is not null || !IdReuse.IsReusable(request, taken)) throw new DuplicateJobException(taken);
        return await EnqueueMissingAsync(partition, request, cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes places in a partition's order.</summary>
    internal Reservation Place(HostedPartition partition, EnqueueRequest request) => new()
    {
        Number = 0,
        Epoch = partition.Runner.Epoch,
        FirstSequence = partition.Runner.TakeSequence(request.Jobs.Length),
        EnqueuedAt = Clock.GetUtcNow(),
    };

    /// <summary>Waits for room in the queue and at the store, and watches the jobs that somebody is about to wait for.</summary>
    internal async Task ReserveAsync(HostedPartition partition, EnqueueRequest request, CancellationToken cancellation)
    {
        await partition.Queue.ReserveAsync(request.Jobs.Length, Clock, cancellation).ConfigureAwait(false);
        if (request.Watcher is not { } watcher) return;
        foreach (var job in request.Jobs.Where(j => j.IsAwaited)) Watches.Expect(watcher, job.Id);
    }

    /// <summary>Gives back what was reserved for jobs that were not committed: some of them, or all if there is no reply.</summary>
    internal void Account(HostedPartition partition, EnqueueRequest request, EnqueueReply? reply)
    {
        foreach (var job in request.Jobs)
        {
            if (reply is not null && reply.Existing?.ContainsKey(job.Id) != true) continue;
            partition.Queue.Release(1);
            if (job.IsAwaited && request.Watcher is { } watcher) Watches.Forget(watcher, job.Id);
        }
    }

    /// <summary>Commits jobs of partitions that may be served elsewhere, under their owners' epochs; the owners are told by the caller.</summary>
    internal async Task<CommitVerdict> CommitForOthersAsync(JobChange[] changes)
    {
        var unit = new ForeignUnit(changes);
        await SubmitAsync(unit).ConfigureAwait(false);
        return await unit.Settled.ConfigureAwait(false);
    }

    /// <summary>The reply to a verdict; null if an id is taken, which means different things to different callers.</summary>
    /// <exception cref="UniqueKeyTakenException">A job was to replace an ended one, and an unfinished one has its unique key.</exception>
    internal EnqueueReply? Answer(CommitVerdict verdict, IReadOnlyList<JobChange> changes, PartitionKey partition) => verdict switch
    {
        CommitVerdict.Committed => EnqueueReply.Complete,
        CommitVerdict.CommittedExcept except => new EnqueueReply { Existing = new Dictionary<JobId, JobId>(except.Existing) },
        CommitVerdict.IdTaken or CommitVerdict.Conflict => null,
        CommitVerdict.KeyTaken taken => throw new UniqueKeyTakenException(
            taken.Id, changes.First(change => change.Transition.Job.Id == taken.Id).Transition.Job.UniqueKey ?? "", taken.Holder),

        // This silo is about to end and does not wait to hear what became of it. Who asks again, at another one, does hear that.
        CommitVerdict.Failed { Error: CommitFateUnknownException } when _storeGivenUp.IsCancellationRequested => throw Moved(partition),
        CommitVerdict.Failed failed => throw failed.Error,
        _ => throw Moved(partition),
    };

    private static PartitionMovedException Moved(PartitionKey partition) => new(PartitionKeys.Of(partition.Queue, partition.Number));

    /// <summary>The id for which jobs were refused: another one has it, or the one that was to be replaced is not as it was.</summary>
    internal static JobId TakenBy(CommitVerdict verdict) => verdict is CommitVerdict.Conflict changed ? changed.Id : ((CommitVerdict.IdTaken)verdict).Id;

    internal async Task<JobSnapshot> ApplyAsync(HostedPartition partition, JobId id, JobAction action)
    {
        if (action is JobAction.RescheduleJob move)
            action = JobAction.Reschedule(Times.Bounded(Times.CeilingToMilliseconds(move.RunAt), Clock.GetUtcNow(), Settings.Limits));
        try
        {
            return await AskAsync(partition, id, action).ConfigureAwait(false);
        }
        catch (JobNotFoundException) when (_sweeper is not null)
        {
            await TakeInAsync(id).ConfigureAwait(false);
        }

        return await AskAsync(partition, id, action).ConfigureAwait(false);
    }

    private async Task<JobSnapshot> AskAsync(HostedPartition partition, JobId id, JobAction action)
    {
        var ask = new PartitionMail.Ask(id, action);
        partition.Runner.Post(ask);
        return Show((await ask.Answer.ConfigureAwait(false)).Job);
    }

    internal static async Task ShowStartsAsync(HostedPartition partition)
    {
        var show = new PartitionMail.ShowStarts();
        partition.Runner.Post(show);
        await show.Written.ConfigureAwait(false);
    }

    internal async Task<JobSnapshot?> FindAsync(HostedPartition partition, JobId id)
    {
        if (partition.Queue.Worker?.Find(id) is not null || partition.Runner.HasWorkersElsewhere) await ShowStartsAsync(partition).ConfigureAwait(false);
        if (await Store.FindAnywhereAsync(id, CancellationToken.None).ConfigureAwait(false) is not { } job) return null;
        if (job.State is not JobState.Running || !partition.Runner.HasWorkersElsewhere) return Show(job);
        var look = new WorkerMail.LookAtNotes(id);
        partition.Runner.Post(look);
        return await look.Answer.ConfigureAwait(false) is { } notes ? With(Show(job), notes) : Show(job);
    }

    /// <summary>Reads a job, together with those that others ask for.</summary>
    internal Task<JobRecord?> LookUpAsync(JobId id) => _lookUps.FindAsync(id);

    /// <summary>Whether the id that a repeated batch found taken is of the batch itself, which is committed then: it is all or nothing.</summary>
    internal async Task<bool> IsThereAsync(IReadOnlyList<EnqueueRequest> requests, JobId taken)
    {
        if (!requests[0].IsRepeated) return false;
        var (request, job) = requests.SelectMany(r => r.Jobs.Select(j => (Request: r, Job: j))).First(one => one.Job.Id == taken);
        return await LookUpAsync(taken).ConfigureAwait(false) is not { } stored || EnqueuePlan.IsOf(request, job, stored);
    }

    private async ValueTask SubmitAsync(CommitUnit unit)
    {
        if (!_pipeline.HasRoom) await _pipeline.WaitForRoomAsync(CancellationToken.None).ConfigureAwait(false);
        _pipeline.Submit(unit);
    }
}

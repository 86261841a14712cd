namespace Jobs.Core;

/// <summary>
/// The ids of one call that may be used again although there are records under them: what has ended under them, and what became of those jobs of
/// the call that are not to be enqueued any more. Used only once an id was found to be taken; a commit decides whether what was found still holds.
/// </summary>
internal sealed class ReusedIds(JobStateMachine machine)
{
    private readonly Dictionary<JobId, JobRecord> _ended = [];
    private readonly Dictionary<JobId, JobId> _held = [];
    private readonly Dictionary<JobId, DateTimeOffset> _replaced = [];

    /// <summary>Jobs of the call whose unique key an unfinished one has, and that one.</summary>
    internal IReadOnlyDictionary<JobId, JobId> Held => _held;

    /// <summary>The jobs that have ended and are to be replaced.</summary>
    internal IReadOnlyDictionary<JobId, JobRecord> Ended => _ended;

    /// <summary>When those that replace an ended one count as enqueued, as of the latest try.</summary>
    internal IReadOnlyDictionary<JobId, DateTimeOffset> Replaced => _replaced;

    /// <summary>Takes note of how a job stands whose id is wanted.</summary>
    /// <param name="id">The id.</param>
    /// <param name="found">The job; null if there is none.</param>
    /// <exception cref="DuplicateJobException">It is unfinished.</exception>
    internal void Note(JobId id, JobRecord? found)
    {
        if (found is null) _ended.Remove(id);
        else if (found.State.IsFinal()) _ended[id] = found;
        else throw new DuplicateJobException(id);
    }

    /// <summary>Takes note that a job is not to be enqueued, because an unfinished one has its unique key.</summary>
    internal void Leave(JobId id, JobId holder)
    {
        _held[id] = holder;
        _ended.Remove(id);
    }

    /// <summary>Has new jobs replace those that have ended under their ids, instead of being inserted beside them.</summary>
    /// <exception cref="UniqueKeyTakenException">Two of them have one unique key.</exception>
    internal void ReplaceIn(JobChange[] changes, DateTimeOffset now)
    {
        _replaced.Clear();
        var keys = new Dictionary<(QueueName Queue, string Key), JobId>();
        for (var i = 0; i < changes.Length; i++)
        {
            var job = changes[i].Transition.Job;
            if (!_ended.TryGetValue(job.Id, out var ended)) continue;
            if (job.UniqueKey is { } key && !keys.TryAdd((job.Terms.Queue, key), job.Id))
                throw new UniqueKeyTakenException(job.Id, key, keys[(job.Terms.Queue, key)]);
            _replaced[job.Id] = job.EnqueuedAt;
            changes[i] = changes[i] with { Transition = machine.Apply(ended, new JobEvent.Replaced(job), now)! };
        }
    }

    /// <summary>Waits until everybody has been told of the end of a job, so that nobody takes it for the end of the one that replaces it.</summary>
    internal static async ValueTask SettleAsync(PartitionRunner owner, JobId id, ResultWaiters waiters)
    {
        var told = new PartitionMail.UntilTold(id);
        owner.Post(told);
        await told.Told.ConfigureAwait(false);
        waiters.Renew(id);
    }
}

namespace Jobs.Core;

/// <summary>New jobs of one call, committed together; the partitions get them once they are committed, never before.</summary>
internal sealed class EnqueueUnit(
    JobChange[] changes, PartitionRunner[] owners, TaskCreationOptions continuations = TaskCreationOptions.RunContinuationsAsynchronously) : CommitUnit
{
    private readonly TaskCompletionSource<CommitVerdict> _settled = new(continuations);

    public override IReadOnlyList<JobChange> Changes => changes;

    internal Task<CommitVerdict> Settled => _settled.Task;

    public override void Settle(CommitVerdict verdict)
    {
        var existing = (verdict as CommitVerdict.CommittedExcept)?.Existing;
        if (verdict is CommitVerdict.Committed || existing is not null) HandOver(existing);
        else if (verdict is CommitVerdict.Fenced fenced) owners.First(owner => owner.Key == fenced.Partition).Post(PartitionMail.Fenced.Instance);
        _settled.SetResult(verdict);
    }

    private void HandOver(IReadOnlyDictionary<JobId, JobId>? existing)
    {
        if (changes.Length == 1)
        {
            if (existing is null) owners[0].Post(new PartitionMail.Inserted([Insert(changes[0])]));
            return;
        }

        var byOwner = new Dictionary<PartitionRunner, List<JobTransition>>();
        for (var i = 0; i < changes.Length; i++)
        {
            var insert = Insert(changes[i]);
            if (existing?.ContainsKey(insert.Job.Id) == true) continue;
            if (!byOwner.TryGetValue(owners[i], out var jobs)) byOwner.Add(owners[i], jobs = []);
            jobs.Add(insert);
        }

        foreach (var (owner, jobs) in byOwner) owner.Post(new PartitionMail.Inserted(jobs));
    }

    /// <summary>What the partition takes in: to it a job is new, whether or not it replaces one that has ended.</summary>
    private static JobTransition Insert(JobChange change) => change.Transition is { Before: not null, After: { } job } ? new(null, job) : change.Transition;
}

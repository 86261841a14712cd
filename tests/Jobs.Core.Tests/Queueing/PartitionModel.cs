namespace Jobs.Core.Tests.Queueing;

/// <summary>The naive list: every question is answered by looking at all jobs.</summary>
internal sealed class PartitionModel(PollStrategy strategy, JobStateMachine machine)
{
    private readonly HashSet<(JobId, int)> _deliveries = [];

    internal List<ModelJob> Jobs { get; } = [];

    internal List<ModelHandler> Handlers { get; } = [];

    internal long Step { get; set; }

    internal ModelJob? Find(JobId id) => Jobs.Find(j => j.Id == id);

    internal IEnumerable<ModelJob> Unfinished => Jobs.Where(j => j.Live is { } job && !job.State.IsFinal());

    /// <summary>Notes which jobs have become due by time; the partition knows of all of them only once every page is in.</summary>
    internal void NoteDue(DateTimeOffset now, bool allPagesAreIn)
    {
        foreach (var job in Jobs.Where(j => j.EligibleSurely == ModelJob.Never && !j.IsStaged && j.IsDue(now)))
        {
            if (job.EligibleFrom == ModelJob.Never) job.EligibleFrom = ++Step;
            if (allPagesAreIn && job.IsKnown) job.EligibleSurely = ++Step;
        }
    }

    /// <summary>Checks one hand-out, and takes note of it.</summary>
    internal void HandOut(JobRecord started, ModelSink sink, DateTimeOffset now, bool allPagesAreIn)
    {
        var job = Find(started.Id);
        Check.That(job?.Live is not null, $"{started.Id} was handed out and does not exist");
        var live = job!.Live!;
        Check.That(!job.IsStaged, $"job {job.Sequence} was handed out while a change of it was under way");
        Check.That(!Handlers.Any(h => h.Job == job), $"job {job.Sequence} was handed out while it ran elsewhere");
        Check.That(job.IsDue(now), $"job {job.Sequence} was handed out in state {live.State}, due in {live.RunAt - now}");
        Check.That(_deliveries.Add((started.Id, started.Deliveries)), $"delivery {started.Deliveries} of job {job.Sequence} was handed out twice");
        Check.That(started.Deliveries == live.Deliveries + 1, $"job {job.Sequence} had delivery {live.Deliveries}, then {started.Deliveries}");
        Check.That(started.RunAt == live.RunAt && started.Priority == live.Priority, $"job {job.Sequence} was handed out with old values");
        Check.That(sink.Supports(job.Task), $"job {job.Sequence} was handed to a worker that has no handler for it");
        CheckGroup(job, now);
        if (allPagesAreIn) CheckFirst(job, sink, now);
        job.Live = machine.Apply(Due(live, now), new JobEvent.Started(sink.Worker), now)!.After;
        Handlers.Add(new ModelHandler(job, started.Deliveries, sink));
    }

    /// <summary>Checks that nothing was left that the worker could have been given.</summary>
    internal void NothingLeft(ModelSink sink, bool saysMore, DateTimeOffset now)
    {
        foreach (var first in SurelyReady(now).Where(j => sink.Supports(j.Task)))
        {
            Check.That(saysMore, $"job {first.Sequence} was ready for the worker and the partition said that nothing is left");
            Check.That(sink.Free == 0 || !sink.HasTaskSlot(first.Task), $"job {first.Sequence} was ready and the worker had a slot for it");
        }

        foreach (var group in Unfinished.Where(j => j.Group is not null).GroupBy(j => j.Group))
        {
            if (IsBusy(group) || group.Any(j => j.IsStaged || !j.IsKnown)) continue;
            var ready = group.Where(j => IsReady(j, now)).ToList();
            if (ready.Count == 0 || !ready.TrueForAll(j => sink.Supports(j.Task) && sink.HasTaskSlot(j.Task))) continue;
            Check.That(sink.Free == 0, $"group {group.Key} has ready jobs and a worker with free slots got none: {Describe(group, now)}");
        }
    }

    internal JobRecord Due(JobRecord job, DateTimeOffset now) => machine.Apply(job, JobEvent.Due.Instance, now)?.After ?? job;

    /// <summary>Applies what the partition has confirmed.</summary>
    internal void Confirm(ModelJob job, JobRecord? after, JobEvent happened, DateTimeOffset now)
    {
        var before = job.Live;
        job.IsStaged = false;
        job.Live = after;
        if (happened is not JobEvent.Asked) Handlers.RemoveAll(h => h.Job == job);
        if (after is null || after.State.IsFinal() || after.State is JobState.Scheduled)
        {
            job.HoldsTurn = false;
            job.NotEligible();
            if (job.IsDue(now)) job.EligibleFrom = ++Step;
            if (after is null) Jobs.Remove(job);
        }
        else if (before is { State: JobState.Running } && after.State is not JobState.Running)
        {
            job.HoldsTurn = happened is not JobEvent.Snoozed;
            job.EligibleFrom = 0;
            job.EligibleSurely = after.State is JobState.Pending ? ++Step : ModelJob.Never;
        }
        else if (job.IsDue(now))
        {
            job.Eligible(++Step);
            if (Handlers.Any(h => h.Job == job)) job.EligibleFrom = 0;
        }
    }

    internal void Abort(ModelJob job, DateTimeOffset now)
    {
        job.IsStaged = false;
        if (job.IsDue(now) && job.IsKnown) job.Eligible(++Step);
    }

    /// <summary>The owner is gone with everything that was not committed, and so are its handlers.</summary>
    internal void Restart(DateTimeOffset now)
    {
        Jobs.RemoveAll(j => j.Stored is null);
        Handlers.Clear();
        _deliveries.Clear();
        Step++;
        foreach (var job in Jobs)
        {
            job.Live = job.Stored;
            job.IsStaged = false;
            job.IsKnown = true;
            job.HoldsTurn = job.Stored!.State is JobState.Retrying;
            job.NotEligible();
            if (job.IsDue(now)) job.Eligible(Step);
        }
    }

    private static string Describe(IEnumerable<ModelJob> jobs, DateTimeOffset now) => string.Join("; ", jobs.Select(j =>
        $"{j.Sequence} {j.Task} {j.Live?.State} due in {j.Live?.RunAt - now}, in the store {j.Stored?.State} due in {j.Stored?.RunAt - now}"));

    private bool IsReady(ModelJob job, DateTimeOffset now) => job.IsKnown && !job.IsStaged && job.IsDue(now) && !Handlers.Any(h => h.Job == job);

    private bool IsBusy(IEnumerable<ModelJob> group) => group.Any(j => j.Live?.State is JobState.Running || j.HoldsTurn) || HasHandler(group.First().Group);

    private bool HasHandler(string? group) => Handlers.Any(h => h.Job.Group == group);

    private void CheckGroup(ModelJob job, DateTimeOffset now)
    {
        if (job.Group is null) return;
        Check.That(!HasHandler(job.Group), $"job {job.Sequence} was handed out while one of its group {job.Group} ran");
        foreach (var other in Unfinished.Where(j => j.Group == job.Group && j != job))
        {
            Check.That(other.Live!.State is not JobState.Running, $"job {job.Sequence} was handed out before {other.Sequence} of its group had ended");
            Check.That(!other.HoldsTurn, $"job {job.Sequence} took the turn of {other.Sequence} of its group, which is {other.Live!.State}");
            if (job.HoldsTurn || other.Sequence > job.Sequence || !IsReady(other, now)) continue;
            Check.That(other.EligibleSurely > job.EligibleFrom, $"job {job.Sequence} overtook {other.Sequence} of its group");
        }
    }

    private void CheckFirst(ModelJob job, ModelSink sink, DateTimeOffset now)
    {
        var key = OrderKey.Ready(job.Live!, strategy);
        foreach (var other in SurelyReady(now))
        {
            if (other == job || !sink.Supports(other.Task) || (other.Task != job.Task && !sink.HasTaskSlot(other.Task))) continue;
            Check.That(OrderKey.Ready(other.Live!, strategy) >= key, $"job {job.Sequence} was handed out before {other.Sequence}");
        }
    }

    /// <summary>
    /// The jobs that must be at hand: those without a group, and of each group the one that surely has the turn. One that the store has and the
    /// partition was not told of yet may keep the others of its group from a page.
    /// </summary>
    private IEnumerable<ModelJob> SurelyReady(DateTimeOffset now)
    {
        foreach (var job in Jobs.Where(j => j.Group is null && IsReady(j, now))) yield return job;
        foreach (var group in Unfinished.Where(j => j.Group is not null).GroupBy(j => j.Group))
        {
            if (HasHandler(group.Key) || group.Any(j => j.IsStaged || !j.IsKnown || j.Live!.State is JobState.Running)) continue;
            if (group.FirstOrDefault(j => j.HoldsTurn) is { } holder)
            {
                if (IsReady(holder, now)) yield return holder;
                continue;
            }

            var ready = group.Where(j => IsReady(j, now)).OrderBy(j => j.Sequence).ToList();
            if (ready.Count > 0 && ready.Skip(1).All(j => ready[0].EligibleSurely <= j.EligibleFrom)) yield return ready[0];
        }
    }
}

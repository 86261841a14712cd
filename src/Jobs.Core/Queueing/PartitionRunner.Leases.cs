namespace Jobs.Core;

/// <content>
/// Hands jobs to those who take them by themselves. They come after the workers: on each turn the workers' slots are filled first. Whoever
/// waits is told that there is something and takes again, so nothing is set aside for somebody who may be gone.
/// </content>
internal sealed partial class PartitionRunner
{
    private readonly List<LeaseMail.Take> _takers = [];
    private readonly List<LeaseMail.Lookout> _lookouts = [];

    internal void ApplyTake(LeaseMail.Take take) => _takers.Add(take);

    internal void ApplyLookout(LeaseMail.Lookout lookout) => _lookouts.Add(lookout);

    internal void ApplyLook(LeaseMail.Look look, DateTimeOffset now)
    {
        if (_partition.FindLease(look.Lease.Job, look.Lease.Delivery, now) is { } job) look.Succeed(job);
        else EndOfLease(look.Lease, look.Fail, now);
    }

    internal void ApplyAnswered(LeaseMail.Answered answered, DateTimeOffset now)
    {
        var (id, delivery) = answered.Lease;
        if (_partition.FindLease(id, delivery, now) is null)
        {
            EndOfLease(answered.Lease, answered.Fail, now);
            return;
        }

        var plan = _partition.Plan(id, answered.Happened, now, delivery);
        if (plan.Verdict is PlanVerdict.Staged) Submit(new StagedUnit(this, [plan.Change!], answered));
        else if (plan.Verdict is PlanVerdict.Busy) Behind(plan.Change!, answered);
        else EndOfLease(answered.Lease, answered.Fail, now);
    }

    internal void ApplyLeased(LeaseUnit unit, CommitVerdict verdict, DateTimeOffset now)
    {
        _underWay--;
        switch (verdict)
        {
            case CommitVerdict.Committed:
                // What was cancelled meanwhile is not handed over.
                var jobs = unit.Assignments.Select(a => a.Job).Where(_partition.IsWanted).ToList();
                if (!unit.Take.TryGive(jobs)) GiveBack(jobs, now);
                break;
            case CommitVerdict.Failed failed:
                unit.Take.Fail(failed.Error);
                GiveBack(unit.Assignments.Select(a => a.Job), now);
                break;
            default:
                Lose();
                RefuseTake(unit.Take);
                break;
        }
    }

    /// <summary>What is committed is leased, whoever owns the partition now.</summary>
    internal void RefuseLeased(LeaseUnit unit, CommitVerdict verdict)
    {
        _underWay--;
        if (verdict is CommitVerdict.Committed) unit.Take.TryGive([.. unit.Assignments.Select(a => a.Job)]);
        else RefuseTake(unit.Take);
    }

    internal void RefuseTake(LeaseMail.Take take) => take.Fail(WhyRefused("take jobs"));

    internal void RefuseLook(LeaseMail.Look look) => look.Fail(WhyRefused("change jobs"));

    /// <summary>A lease that is lost may be all that a group still waits for.</summary>
    private void EndOfLease(LeaseToken lease, Action<Exception> fail, DateTimeOffset now)
    {
        _partition.HandlerEnded(lease.Job, lease.Delivery, now);
        fail(new LeaseLostException(lease));
    }

    private void GiveBack(IEnumerable<JobRecord> jobs, DateTimeOffset now)
    {
        foreach (var job in jobs) ApplyOutcome(job.Id, job.Deliveries, new JobEvent.GivenBack(), now);
    }

    private void ServeTakers(DateTimeOffset now)
    {
        for (var i = 0; i < _takers.Count; i++)
        {
            if (Serve(_takers[i], now)) _takers.RemoveAt(i--);
        }

        if (_lookouts.Count == 0) return;
        _lookouts.RemoveAll(lookout =>
        {
            if (!lookout.IsOver && _partition.Peek(lookout.Sink) is null) return false;
            lookout.Tell();
            _toldLookout = true;
            return true;
        });
    }

    /// <summary>Takes what there is; false if something may come yet from a page that is on its way.</summary>
    private bool Serve(LeaseMail.Take take, DateTimeOffset now)
    {
        if (take.IsAnswered) return true;
        var assignments = new List<Assignment>();
        _partition.Dispatch(take.Sink, now, assignments);
        if (assignments.Count > 0)
        {
            _wasReady = true;
            Submit(new LeaseUnit(this, take, assignments));
            return true;
        }

        if (_partition.IsReadingFor(take.Sink)) return false;
        take.TryGive([]);
        return true;
    }

    private void FailTakers(Exception error)
    {
        foreach (var take in _takers) take.Fail(error);
        _takers.Clear();
    }

    private void RefuseTakers()
    {
        foreach (var take in _takers) RefuseTake(take);
        foreach (var lookout in _lookouts) lookout.Tell();
        _takers.Clear();
        _lookouts.Clear();
    }
}

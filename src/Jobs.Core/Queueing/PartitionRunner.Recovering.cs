namespace Jobs.Core;

/// <content>
/// After an owner was lost. Nobody knows which of its jobs were running, and one of them may be what killed it: so the start of each is
/// written before it runs, and a job that kills its process runs out of attempts (rule I7).
/// </content>
internal sealed partial class PartitionRunner
{
    /// <summary>Starts of jobs up to this one are written before they run; handed on when the same process opens the partition again.</summary>
    internal long RecoveredSequence => _partition.RecoveredSequence;

    internal void ApplyRecoveredStarted(RecoveredStartUnit unit, CommitVerdict verdict, DateTimeOffset now)
    {
        _underWay--;
        if (verdict is not (CommitVerdict.Committed or CommitVerdict.Failed))
        {
            GiveSlotsBack(unit);
            Lose();
            return;
        }

        var wanted = new List<Assignment>(unit.Assignments.Count);
        foreach (var assignment in unit.Assignments)
        {
            var job = assignment.Job;
            if (verdict is CommitVerdict.Committed && unit.Sink.IsTaking && _partition.IsWanted(job))
            {
                wanted.Add(assignment);
                continue;
            }

            unit.Sink.ReleaseTask(job.Terms.Task);
            ApplyOutcome(job.Id, job.Deliveries, new JobEvent.GivenBack(), now);
        }

        if (wanted.Count > 0) unit.Sink.Start(wanted);
    }

    internal void RefuseRecoveredStarted(RecoveredStartUnit unit)
    {
        _underWay--;
        GiveSlotsBack(unit);
    }

    private static void GiveSlotsBack(RecoveredStartUnit unit)
    {
        foreach (var assignment in unit.Assignments) unit.Sink.ReleaseTask(assignment.Job.Terms.Task);
    }

    /// <summary>Starts what may start at once, and has the store know of the others first.</summary>
    private void Start(IJobSink sink)
    {
        if (RecoveredSequence > 0)
        {
            var recovered = _assignments.Where(a => _partition.IsRecovered(a.Job)).ToList();
            if (recovered.Count > 0)
            {
                _assignments.RemoveAll(a => _partition.IsRecovered(a.Job));
                Submit(new RecoveredStartUnit(this, sink, recovered));
            }
        }

        if (_assignments.Count > 0) sink.Start(_assignments);
        _assignments.Clear();
    }
}

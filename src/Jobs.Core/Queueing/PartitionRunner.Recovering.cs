namespace Jobs.Core;

/// <content>
/// After an owner was lost. Nobody knows which of its jobs were running, and one of them may be what killed it: so the start of each is
/// written before it runs, and a job that kills its process runs out of attempts (rule I7). And after a silence of this process itself, which
/// may have been frozen: others may have its jobs by now, and have run them, so the first start that is written tells whether they do.
/// </content>
internal sealed partial class PartitionRunner
{
    /// <summary>Starts of jobs up to this one are written before they run; handed on when the same process opens the partition again.</summary>
    internal long RecoveredSequence => _partition.RecoveredSequence;

    /// <summary>A silence of this process after which others may have taken the partition over; default none is long enough.</summary>
    internal TimeSpan DoubtAfter { get; init; } = TimeSpan.MaxValue;

    internal int Doubts => _partition.Doubts;

    internal void ApplyRecoveredStarted(RecoveredStartUnit unit, CommitVerdict verdict, DateTimeOffset now)
    {
        _underWay--;
        if (verdict is not (CommitVerdict.Committed or CommitVerdict.Failed))
        {
            GiveSlotsBack(unit);
            Lose();
            return;
        }

        if (verdict is CommitVerdict.Committed) _partition.Trust(unit.Doubt);
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

    /// <summary>Looks at the system's time, because it is this process that may have stood still, and not the clock of jobs.</summary>
    private void DoubtIfSilent()
    {
        var now = TimeProvider.System.GetTimestamp();
        if (_lastWork != 0 && TimeProvider.System.GetElapsedTime(_lastWork, now) >= DoubtAfter) _partition.Doubt();
        _lastWork = now;
    }

    /// <summary>Starts what may start at once, and has the store know of the others first.</summary>
    private void Start(IJobSink sink)
    {
        if (_partition.HasRecovered)
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

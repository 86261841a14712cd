namespace Jobs.Core;

/// <content>Answers whoever runs jobs one by one on demand.</content>
internal sealed partial class PartitionRunner
{
    internal JobRecord? ApplyOnDemand(IJobSink sink, JobId? wanted, DateTimeOffset now)
    {
        _partition.Advance(now);
        if (wanted is not { } id) return _partition.Peek(sink);
        if (_partition.HandOut(id, sink, now) is not { } assignment) return null;
        _wasReady = true;
        return assignment.Job;
    }
}

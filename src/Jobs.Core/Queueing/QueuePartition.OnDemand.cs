namespace Jobs.Core;

/// <content>Hands out single jobs to somebody who asks, instead of to whoever has a free slot.</content>
public sealed partial class QueuePartition
{
    /// <summary>The job that <see cref="Dispatch"/> would hand out next to this worker; null if there is none.</summary>
    internal JobRecord? Peek(IJobSink sink) => FirstFor(sink, null)?.First()?.Job;

    /// <summary>Hands out one certain job, whatever stands before it; null if it is not ready for this worker.</summary>
    internal Assignment? HandOut(JobId id, IJobSink sink, DateTimeOffset now)
    {
        if (!_entries.TryGetValue(id, out var entry) || entry.Heap is not { } heap || !sink.Supports(entry.Job.Terms.Task)) return null;
        if (IsPaused?.Invoke(entry.Job.Terms.Task) == true) return null;
        if (!_lanes.TryGetValue(entry.Job.Terms.Task, out var lane) || !ReferenceEquals(heap, lane.Heap)) return null;
        heap.Remove(entry);
        return HandOut(entry, sink, now);
    }
}

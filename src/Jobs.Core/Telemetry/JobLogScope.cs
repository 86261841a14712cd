using System.Collections;

namespace Jobs.Core;

/// <summary>Names the job that is run, for every line that its handler logs.</summary>
internal sealed class JobLogScope(JobRecord job) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 6;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("JobId", job.Id.ToString()),
        1 => new("Task", job.Terms.Task),
        2 => new("Queue", job.Terms.Queue.Value),
        3 => new("Attempt", job.LastAttempt),
        4 => new("RequestId", job.Terms.RequestId),
        5 => new("Worker", job.Worker),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"job {job.Id} ({job.Terms.Task}), attempt {job.LastAttempt}, request {job.Terms.RequestId}";
}

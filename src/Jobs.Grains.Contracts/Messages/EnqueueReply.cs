using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>The jobs of a request are committed.</summary>
[GenerateSerializer]
[Immutable]
[Alias("jobs.EnqueueReply")]
public sealed record EnqueueReply
{
    /// <summary>Nothing was left out.</summary>
    internal static EnqueueReply Complete { get; } = new();

    /// <summary>It has to be sent alone.</summary>
    internal static EnqueueReply PutOff { get; } = new() { IsPutOff = true };

    /// <summary>For each job that was left out because an unfinished one has its unique key: its id, and the id of that one; null for none.</summary>
    [Id(0)]
    public Dictionary<JobId, JobId>? Existing { get; init; }

    /// <summary>The replies to <see cref="EnqueueRequest.Others"/>; null if there were none, or the silo does not know of them.</summary>
    [Id(1)]
    public EnqueueReply[]? Others { get; init; }

    /// <summary>Why the request was refused, if it shared a message with others; a request that came alone throws.</summary>
    [Id(2)]
    public Exception? Error { get; init; }

    /// <summary>True if nothing was done for the request because it would have had to wait, and others with it: it has to be sent alone.</summary>
    [Id(3)]
    public bool IsPutOff { get; init; }

    /// <summary>For each job that replaced one which had ended under its id: when the new one was enqueued, by which the two differ; null for none.</summary>
    [Id(4)]
    public Dictionary<JobId, DateTimeOffset>? Replaced { get; init; }

    /// <summary>
    /// The jobs that ended under ids which may be used again, by their places in the order of arrival; null for none. Nothing was done: whoever
    /// still waits for the answer sends the request once more and says which jobs it replaces, so that one which comes late replaces none.
    /// </summary>
    [Id(5)]
    public Dictionary<JobId, long>? Ended { get; init; }

    /// <summary>
    /// For a repeated request: an id under which another job has ended that may have replaced that of an earlier try; nobody can tell. Nothing
    /// was done. Null for none.
    /// </summary>
    [Id(6)]
    public JobId? UnsureOf { get; init; }
}

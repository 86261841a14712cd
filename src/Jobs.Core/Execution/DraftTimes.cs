namespace Jobs.Core;

/// <summary>The times of a new job.</summary>
/// <param name="EnqueuedAt">When it is enqueued.</param>
/// <param name="RunAt">When it is due; not before it is enqueued.</param>
internal readonly record struct DraftTimes(DateTimeOffset EnqueuedAt, DateTimeOffset RunAt);

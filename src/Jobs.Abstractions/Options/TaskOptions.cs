namespace Jobs;

/// <summary>What is said once for all jobs of a task.</summary>
public sealed class TaskOptions : JobOptions
{
    /// <summary>Turns payloads and results into bytes and back; default the service's codec, which is System.Text.Json.</summary>
    public IPayloadCodec? Codec { get; set; }

    /// <summary>Which errors are worth another attempt; default all. False makes the job dead at once.</summary>
    public Func<Exception, bool>? RetryWhen { get; set; }

    /// <summary>
    /// True if the handler blocks its thread (long computations, synchronous I/O): it then runs on a thread of its own instead of the
    /// thread pool. Default false.
    /// </summary>
    public bool Blocking { get; set; }

    /// <summary>At most so many jobs of this task run at a time in one process; default no limit of its own.</summary>
    public int? MaxConcurrency { get; set; }

    /// <summary>Derives the unique key from the payload's bytes, so that equal payloads are enqueued once; default false.</summary>
    public bool UniqueByPayload { get; set; }

    internal TaskOptions Copy()
    {
        var copy = new TaskOptions
        {
            Codec = Codec,
            RetryWhen = RetryWhen,
            Blocking = Blocking,
            MaxConcurrency = MaxConcurrency,
            UniqueByPayload = UniqueByPayload,
        };
        CopyTo(copy);
        return copy;
    }
}

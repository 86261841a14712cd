namespace Jobs;

/// <summary>What can be said of a job, once for its task and again for each enqueue; the enqueue wins, and null means "not said".</summary>
/// <remarks>The values are copied onto the job when it is enqueued: changing a task later does not change stored jobs.</remarks>
public abstract class JobOptions
{
    /// <summary>The value of <see cref="MaxAttempts"/> that sets no limit.</summary>
    public const int UnlimitedAttempts = int.MaxValue;

    /// <summary>How many attempts a job has that says nothing: 10.</summary>
    public const int DefaultMaxAttempts = 10;

    private protected JobOptions()
    {
    }

    /// <summary>The queue; default <see cref="QueueName.Default"/>.</summary>
    public QueueName? Queue { get; set; }

    /// <summary>The priority; higher is more urgent, default 0. A plain number converts to it.</summary>
    public Priority? Priority { get; set; }

    /// <summary>Attempts including the first; default 10, 1 or less means no retry, <see cref="UnlimitedAttempts"/> means no limit.</summary>
    public int? MaxAttempts { get; set; }

    /// <summary>The delay between attempts; default <see cref="RetryPolicy.Default"/>.</summary>
    public RetryPolicy? Backoff { get; set; }

    /// <summary>
    /// How long one attempt may run before its <see cref="JobContext.Cancellation"/> fires; default none. It is cooperative: a job
    /// whose handler does not react goes on, and is not run a second time beside itself.
    /// </summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>
    /// At most one unfinished job of the queue has this key: enqueueing a second one returns the first one's handle with
    /// <see cref="JobHandle.AlreadyExisted"/> set. 1 to 256 characters.
    /// </summary>
    public string? UniqueKey { get; set; }

    /// <summary>Jobs of the queue with the same group key run one at a time and in the order they were enqueued. 1 to 256 characters.</summary>
    public string? GroupKey { get; set; }

    /// <summary>
    /// What limits with <see cref="RunLimit.PerKey"/> count the job under, such as the tenant it is for; default none, and the job is free
    /// of them. 1 to 256 characters.
    /// </summary>
    public string? LimitKey { get; set; }

    /// <summary>How long the finished job's record is kept; default <see cref="RetentionPolicy.Default"/>.</summary>
    public RetentionPolicy? Retention { get; set; }

    /// <summary>What a thrown exception does; default <see cref="ExceptionPolicy.Retry"/>.</summary>
    public ExceptionPolicy? OnException { get; set; }

    /// <summary>What becomes of the job when its attempts are used up; default <see cref="ExhaustedAction.DeadLetter"/>.</summary>
    public ExhaustedAction? OnExhausted { get; set; }

    /// <summary>
    /// Whether a delivery whose worker died counts as an attempt; default true, so that a job that kills its process runs out of attempts.
    /// </summary>
    public bool? CountLostDeliveries { get; set; }

    /// <summary>Labels to find jobs by; those of the task and of the enqueue add up.</summary>
    public ISet<string> Tags { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Text carried to the handler; an enqueue's header replaces the task's of the same name.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes attempts, backoff and what failures lead to from a preset.</summary>
    public void UsePreset(RetryPreset preset)
    {
        ArgumentNullException.ThrowIfNull(preset);
        MaxAttempts = preset.MaxAttempts;
        Backoff = preset.Backoff;
        OnException = preset.OnException;
        OnExhausted = preset.OnExhausted;
    }

    internal void CopyTo(JobOptions target)
    {
        target.Queue = Queue;
        target.Priority = Priority;
        target.MaxAttempts = MaxAttempts;
        target.Backoff = Backoff;
        target.Timeout = Timeout;
        target.UniqueKey = UniqueKey;
        target.GroupKey = GroupKey;
        target.LimitKey = LimitKey;
        target.Retention = Retention;
        target.OnException = OnException;
        target.OnExhausted = OnExhausted;
        target.CountLostDeliveries = CountLostDeliveries;
        target.Tags.UnionWith(Tags);
        foreach (var (name, value) in Headers) target.Headers[name] = value;
    }
}

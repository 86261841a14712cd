namespace Jobs;

/// <summary>What is said for one enqueue, or for all jobs of one batch call.</summary>
public sealed class EnqueueOptions : JobOptions
{
    /// <summary>When the job is due at the earliest; null or a past time means now.</summary>
    public DateTimeOffset? RunAt { get; set; }

    /// <summary>How long from now the job is due; null means now. Not together with <see cref="RunAt"/>.</summary>
    public TimeSpan? Delay { get; set; }

    /// <summary>An id of the caller's own (<see cref="JobId.FromName"/>); null has one made.</summary>
    /// <remarks>
    /// A second job with the id is refused with <see cref="DuplicateJobException"/> while the first one's record exists, or, if
    /// <see cref="IdScope"/> says so, while the first one is unfinished.
    /// </remarks>
    public JobId? Id { get; set; }

    /// <summary>
    /// Among which jobs <see cref="Id"/> is this one's only; default <see cref="JobIdScope.IncludingHistory"/>. Without an id it says nothing.
    /// An enqueue in a transaction, by a producer or from an outbox refuses <see cref="JobIdScope.Live"/>.
    /// </summary>
    public JobIdScope IdScope { get; set; }

    /// <summary>The request this job belongs to; default the current one, else a new one. 1 to 256 characters.</summary>
    public string? RequestId { get; set; }

    /// <summary>
    /// The user on whose behalf the job is enqueued; default <see cref="JobRequest.User"/>, which is the job's own user inside a handler.
    /// 1 to 256 characters; stored as text, so an id is better than a name.
    /// </summary>
    public string? User { get; set; }

    /// <summary>Makes the job due after a delay.</summary>
    /// <exception cref="InvalidJobOptionException">The delay is negative or longer than <see cref="JobLimits.MaxDelayDays"/>.</exception>
    public EnqueueOptions After(TimeSpan delay)
    {
        if (delay < TimeSpan.Zero) throw new InvalidJobOptionException(nameof(Delay), delay, "use zero or a positive time");
        Delay = delay;
        return this;
    }

    /// <summary>Makes the job due at a time; a past time means now.</summary>
    public EnqueueOptions At(DateTimeOffset time)
    {
        RunAt = time;
        return this;
    }

    /// <summary>Puts the job on a queue.</summary>
    public EnqueueOptions On(QueueName queue)
    {
        Queue = queue;
        return this;
    }

    /// <summary>Sets the priority.</summary>
    public EnqueueOptions WithPriority(Priority priority)
    {
        Priority = priority;
        return this;
    }

    /// <summary>Gives the job an id of the caller's own.</summary>
    /// <param name="id">The id, from <see cref="JobId.FromName"/>.</param>
    /// <param name="scope">Among which jobs it is this one's only; default all of which there is a record.</param>
    public EnqueueOptions WithId(JobId id, JobIdScope scope = JobIdScope.IncludingHistory)
    {
        Id = id;
        IdScope = scope;
        return this;
    }

    /// <summary>Adds a label.</summary>
    public EnqueueOptions WithTag(string tag)
    {
        Tags.Add(tag);
        return this;
    }

    /// <summary>Adds a header.</summary>
    public EnqueueOptions WithHeader(string name, string value)
    {
        Headers[name] = value;
        return this;
    }

    /// <summary>What a task says of its jobs, as if it had been said for one of them. Custom backoff stays with the task.</summary>
    internal static EnqueueOptions Of(TaskOptions task)
    {
        var options = new EnqueueOptions();
        task.CopyTo(options);
        options.Backoff = null;
        options.UniqueKey = null;
        return options;
    }

    internal EnqueueOptions Copy()
    {
        var copy = new EnqueueOptions { RunAt = RunAt, Delay = Delay, Id = Id, IdScope = IdScope, RequestId = RequestId, User = User };
        CopyTo(copy);
        return copy;
    }
}

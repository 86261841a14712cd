namespace Jobs;

/// <summary>
/// How long the record of a finished job is kept. Whoever waits when the job ends gets its result whatever this says, and so does the
/// caller of <see cref="JobClientExtensions.RunAsync{TPayload, TResult}"/>; a handle that is awaited later needs the record.
/// </summary>
/// <param name="KeepFor">The time after the end of the job; zero removes the record at once.</param>
/// <param name="KeepPayload">Whether the payload is kept with the record of a completed job. Others keep it, because they can be
/// retried, unless the queue limits for how long (the service's option <c>History</c>).</param>
public sealed record RetentionPolicy(TimeSpan KeepFor, bool KeepPayload = true)
{
    /// <summary>What a job gets that says nothing: one day, payload included. Dead jobs are kept until they are deleted.</summary>
    public static RetentionPolicy Default { get; } = new(TimeSpan.FromDays(1));

    /// <summary>No record of a completed job.</summary>
    public static RetentionPolicy None { get; } = new(TimeSpan.Zero);

    /// <summary>Keeps the record for a time after the end of the job.</summary>
    public static RetentionPolicy For(TimeSpan time) => new(time);
}

namespace Jobs;

/// <summary>How long the record of a finished job is kept. Waiters get their result whatever it says.</summary>
/// <param name="KeepFor">The time after the end of the job; zero removes the record at once.</param>
/// <param name="KeepPayload">Whether the payload is kept with the record.</param>
public sealed record RetentionPolicy(TimeSpan KeepFor, bool KeepPayload = true)
{
    /// <summary>What a job gets that says nothing: one day, payload included. Dead jobs are kept until they are deleted.</summary>
    public static RetentionPolicy Default { get; } = new(TimeSpan.FromDays(1));

    /// <summary>No record of a completed job.</summary>
    public static RetentionPolicy None { get; } = new(TimeSpan.Zero);

    /// <summary>Keeps the record for a time after the end of the job.</summary>
    public static RetentionPolicy For(TimeSpan time) => new(time);
}

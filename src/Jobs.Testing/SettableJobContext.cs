using System.ComponentModel;

namespace Jobs.Testing;

/// <summary>
/// What <see cref="TestJobContext"/> is made of: a get-only property cannot be given a setter where it is overridden, so the values are
/// held here and the setters are one class further down. Not for use of its own.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class SettableJobContext : JobContext
{
    private protected SettableJobContext()
    {
    }

    /// <inheritdoc/>
    public sealed override JobId Id => Values.Id;

    /// <inheritdoc/>
    public sealed override string Task => Values.Task;

    /// <inheritdoc/>
    public sealed override QueueName Queue => Values.Queue;

    /// <inheritdoc/>
    public sealed override int Attempt => Values.Attempt;

    /// <inheritdoc/>
    public sealed override int MaxAttempts => Values.MaxAttempts;

    /// <inheritdoc/>
    public sealed override DateTimeOffset? Deadline => Values.Deadline;

    /// <inheritdoc/>
    public sealed override CancellationToken Cancellation => Values.Cancellation;

    /// <inheritdoc/>
    public sealed override string Worker => Values.Worker;

    /// <inheritdoc/>
    public sealed override DateTimeOffset EnqueuedAt => Values.EnqueuedAt;

    /// <inheritdoc/>
    public sealed override ReadOnlyMemory<byte> Payload => Values.Payload;

    /// <inheritdoc/>
    public sealed override IReadOnlyDictionary<string, string> Headers => Values.Headers;

    /// <inheritdoc/>
    public sealed override IReadOnlyList<string> Tags => Values.Tags;

    /// <inheritdoc/>
    public sealed override string RequestId => Values.RequestId;

    /// <inheritdoc/>
    public sealed override string? TraceParent => Values.TraceParent;

    /// <inheritdoc/>
    public sealed override string? TraceState => Values.TraceState;

    /// <inheritdoc/>
    public sealed override string? User => Values.User;

    /// <inheritdoc/>
    public sealed override string? EnqueuedCodeVersion => Values.EnqueuedCodeVersion;

    /// <inheritdoc/>
    public sealed override string? CodeVersion => Values.CodeVersion;

    /// <inheritdoc/>
    public sealed override JobError? LastError => Values.LastError;

    /// <inheritdoc/>
    public sealed override IServiceProvider Services => Values.Services;

    private protected JobContextValues Values { get; } = new();
}

namespace Jobs.Core;

/// <summary>
/// The answer to a commit was lost, so it may have taken place or not. A store throws it when the commit cannot be under way any more: then
/// the engine reads back what became of it (rule I9) and goes on. A caller gets it only if the service stopped before that could be read, or if
/// another owner had taken over the job meanwhile and no trace of it would be left (see <see cref="RetentionPolicy"/>).
/// </summary>
public sealed class CommitFateUnknownException(string store, Exception cause)
    : Exception($"The store {store} did not answer a commit: {cause?.Message} Look for the job, or enqueue it again under the same id.", cause)
{
    /// <summary>Which store, without its secrets.</summary>
    public string Store { get; } = store;
}

namespace Jobs;

/// <summary>A task's handler is transactional, but the service keeps its jobs where handlers have no transactions.</summary>
public sealed class TransactionsNotKeptException(string task) : JobsException(
    $"The handler of the task '{task}' is transactional, and the store of this service has no transactions for handlers. Use PostgreSQL, or a plain handler.")
{
    /// <summary>The task.</summary>
    public string Task { get; } = task;
}

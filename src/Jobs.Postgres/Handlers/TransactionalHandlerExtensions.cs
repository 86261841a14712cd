using Jobs.Core;
using Npgsql;

namespace Jobs;

/// <summary>
/// Registers handlers whose writes to the database commit together with the end of their job: both are there, or neither. What a handler wrote
/// is taken back when it fails, is stopped by a time-out or a cancel, or when its process or its ownership of the job is lost; what is kept of a
/// failure is written all the same.
/// </summary>
/// <remarks>
/// A run that ends as done, rescheduled or discarded commits; one that fails, asks for a retry or dead-letters its job does not. The handler must
/// not end the transaction itself. Its isolation level is READ COMMITTED. At most <see cref="Postgres.PostgresOptions.MaxHandlerTransactions"/>
/// of them run at a time in one process.
/// </remarks>
public static class TransactionalHandlerExtensions
{
    /// <summary>
    /// The same registry, for handlers of any kind that are transactional: <c>jobs.Transactional().Handle&lt;ChargeHandler&gt;(Charge)</c>. They find
    /// their transaction by <see cref="Transaction"/>.
    /// </summary>
    public static ITaskRegistry Transactional(this ITaskRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return new TransactionalRegistry(registry);
    }

    /// <summary>Handles a task with a transactional function of the payload, the transaction and the job.</summary>
    /// <exception cref="DuplicateTaskException">The task has a handler already, and the service does not replace.</exception>
    public static TRegistry HandleInTransaction<TRegistry, TPayload>(
        this TRegistry registry, TaskDefinition<TPayload> task, Func<TPayload, NpgsqlTransaction, JobContext, Task> handler)
        where TRegistry : ITaskRegistry
    {
        ArgumentNullException.ThrowIfNull(handler);
        registry.Transactional().Handle(task, (TPayload payload, JobContext job) => handler(payload, job.Transaction(), job));
        return registry;
    }

    /// <summary>Handles a task with a transactional function that returns the result.</summary>
    /// <exception cref="DuplicateTaskException">The task has a handler already, and the service does not replace.</exception>
    public static TRegistry HandleInTransaction<TRegistry, TPayload, TResult>(
        this TRegistry registry, ResultTask<TPayload, TResult> task, Func<TPayload, NpgsqlTransaction, JobContext, Task<TResult>> handler)
        where TRegistry : ITaskRegistry
    {
        ArgumentNullException.ThrowIfNull(handler);
        registry.Transactional().Handle(task, (TPayload payload, JobContext job) => handler(payload, job.Transaction(), job));
        return registry;
    }

    /// <summary>Handles a task with a transactional function that says itself how each attempt ends.</summary>
    /// <exception cref="DuplicateTaskException">The task has a handler already, and the service does not replace.</exception>
    public static TRegistry HandleInTransaction<TRegistry, TPayload>(
        this TRegistry registry, TaskDefinition<TPayload> task, Func<TPayload, NpgsqlTransaction, JobContext, Task<JobOutcome>> handler)
        where TRegistry : ITaskRegistry
    {
        ArgumentNullException.ThrowIfNull(handler);
        registry.Transactional().Handle(task, (TPayload payload, JobContext job) => handler(payload, job.Transaction(), job));
        return registry;
    }

    /// <summary>The transaction of a transactional handler, whose <see cref="NpgsqlTransaction.Connection"/> commands run on.</summary>
    /// <exception cref="InvalidOperationException">The job's handler is not transactional.</exception>
    public static NpgsqlTransaction Transaction(this JobContext job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return job.Feature<NpgsqlTransaction>() ?? throw new InvalidOperationException(
            $"The handler of the task '{job.Task}' has no transaction. Register it with HandleInTransaction or Transactional().");
    }

    /// <summary>Makes what is added transactional.</summary>
    private sealed class TransactionalRegistry(ITaskRegistry inner) : ITaskRegistry
    {
        public IReadOnlyCollection<string> Names => inner.Names;

        public IPayloadCodec Codec => inner.Codec;

        public void Add(TaskRegistration registration)
        {
            ArgumentNullException.ThrowIfNull(registration);
            inner.Add(registration with { IsTransactional = true });
        }

        public bool Remove(string task) => inner.Remove(task);
    }
}

using System.Runtime.CompilerServices;
using System.Transactions;
using Jobs.Core;
using Jobs.Postgres;
using Npgsql;

namespace Jobs;

/// <summary>Enqueues jobs in transactions of the caller's own: they are there when it commits, and never were if it does not.</summary>
public static class TransactionalEnqueueExtensions
{
    private static readonly ConditionalWeakTable<IJobClient, WritersBySchema> Writers = [];

    /// <summary>
    /// A client that enqueues in a transaction. Its handles have the jobs' final ids; they can be waited for when the transaction has committed.
    /// </summary>
    /// <param name="client">The client of an embedded service on PostgreSQL, of a cluster, or a <see cref="PostgresJobProducer"/>.</param>
    /// <param name="transaction">
    /// The transaction, on the database that holds the jobs. The caller commits it or rolls it back; a statement that fails in it ends it, as ever.
    /// </param>
    /// <param name="schema">
    /// The schema of the jobs. Null, the default, means the client's own; a client that knows none, such as that of a cluster, means <c>jobs</c>.
    /// </param>
    /// <exception cref="InvalidOperationException">The client's service keeps its jobs elsewhere than in PostgreSQL.</exception>
    /// <remarks>
    /// Whether a unique key is free is decided when the transaction has committed. If an unfinished job has it then, the new one becomes
    /// discarded, says so in its reason, and whoever waits for the handle waits for the other job. An id of the caller's own that a job has
    /// is a <see cref="DuplicateJobException"/> when the job is enqueued; if it is taken after that, the handle means the job that has it.
    /// </remarks>
    public static IJobClient InTransaction(this IJobClient client, NpgsqlTransaction transaction, string? schema = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(transaction);
        return new TransactionalJobClient(client, WriterOf(client, schema), () => (ConnectionOf(transaction), transaction));
    }

    /// <summary>A client that enqueues in the ambient transaction, <see cref="Transaction.Current"/>, on a connection that takes part in it.</summary>
    /// <param name="client">As for <see cref="InTransaction"/>.</param>
    /// <param name="connection">An open connection to the database that holds the jobs; if it does not take part yet, it does from now on.</param>
    /// <param name="schema">As for <see cref="InTransaction"/>.</param>
    /// <exception cref="InvalidOperationException">
    /// There is no ambient transaction, or the connection is closed or in another one, or the service keeps its jobs elsewhere than in PostgreSQL.
    /// </exception>
    /// <remarks>Use <see cref="TransactionScopeAsyncFlowOption.Enabled"/>, or the transaction is not ambient any more after the first await.</remarks>
    public static IJobClient InAmbientTransaction(this IJobClient client, NpgsqlConnection connection, string? schema = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(connection);
        var ambient = Transaction.Current ?? throw new InvalidOperationException(
            "There is no ambient transaction. Make a TransactionScope with TransactionScopeAsyncFlowOption.Enabled first, or use InTransaction.");
        if (connection.State is not System.Data.ConnectionState.Open) throw new InvalidOperationException("The connection is not open. Open it in the scope.");
        connection.EnlistTransaction(ambient);

        // A copy can be asked how it stands when the scope is gone.
        ambient = ambient.Clone();
        return new TransactionalJobClient(client, WriterOf(client, schema), () => ambient.TransactionInformation.Status is TransactionStatus.Active
            ? (connection, null)
            : throw Ended());
    }

    /// <summary>What is around a transaction that was ended: enqueueing would commit at once.</summary>
    private static NpgsqlConnection ConnectionOf(NpgsqlTransaction transaction) => transaction.Connection ?? throw Ended();

    private static InvalidOperationException Ended() =>
        new("The transaction has ended. Enqueue before it commits, or through a client that is not bound to it.");

    private static InboxWriter WriterOf(IJobClient client, string? schema)
    {
        if (client is PostgresJobProducer producer && schema is null) return producer.Writer;
        return Writers.GetValue(client, static client => new WritersBySchema(client)).Of(schema);
    }

    private sealed class WritersBySchema(IJobClient client)
    {
        private readonly Dictionary<string, InboxWriter> _writers = new(StringComparer.Ordinal);

        internal InboxWriter Of(string? schema)
        {
            var engine = (client as EmbeddedJobClient)?.Engine;
            var name = schema ?? SchemaOf(engine) ?? new PostgresOptions().Schema;
            lock (_writers)
            {
                if (_writers.TryGetValue(name, out var known)) return known;
                _ = new PostgresOptions { Schema = name }.Checked();
                var writer = engine is not null
                    ? new InboxWriter(name, engine.Drafts, engine.Clock)
                    : InboxWriter.Create(name, JobLimits.Default, client.Codec, EntryVersion.Within(JobLimits.Default), TimeProvider.System);
                _writers.Add(name, writer);
                return writer;
            }
        }

        private static string? SchemaOf(EmbeddedEngine? engine)
        {
            if (engine is null) return null;
            return (engine.Store.Inbox as PostgresJobStore)?.Schema ?? throw new InvalidOperationException(
                "This service does not keep its jobs in PostgreSQL, so they cannot be enqueued in a transaction of it. Call UsePostgres.");
        }
    }
}

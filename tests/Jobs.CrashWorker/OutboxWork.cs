using System.Globalization;
using Jobs.Postgres;

namespace Jobs.CrashWorker;

/// <summary>Drains an outbox, and tells of each batch while it is being published: whoever kills the process then hits it in a transaction.</summary>
internal sealed class OutboxWork(Journal journal, WorkerOptions options)
{
    internal const string Kind = "number";

    internal static readonly TaskDefinition<int> Take = TaskDefinition.Create<int>("take");

    internal async Task RunAsync()
    {
        await using var producer = new PostgresJobProducer(options.Target, o =>
        {
            o.Schema = options.Schema!;
            o.EnqueueMiddleware.Add(new TellingMiddleware(journal));
        });
        await using var drain = new OutboxDrain(options.Target, producer, o =>
        {
            o.Table = TableOf(options.Schema!);
            o.Map(Kind, Take);
        });
        var pass = await drain.DrainAsync();
        journal.Tell("drained", pass.Published.ToString(CultureInfo.InvariantCulture));
    }

    internal static OutboxTable TableOf(string schema) => new($"{schema}.messages");

    private sealed class TellingMiddleware(Journal journal) : IEnqueueMiddleware
    {
        public async ValueTask<IReadOnlyList<JobHandle>> InvokeAsync(
            IReadOnlyList<EncodedJob> jobs, EnqueueDelegate next, CancellationToken cancellation)
        {
            var handles = await next(jobs, cancellation);
            journal.Tell("put", jobs.Count.ToString(CultureInfo.InvariantCulture));
            return handles;
        }
    }
}

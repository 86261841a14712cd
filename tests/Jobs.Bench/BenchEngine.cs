using Jobs.Core;

namespace Jobs.Bench;

/// <summary>An engine under test, with a task that does nothing and counts, and a way to wait until all is committed.</summary>
internal sealed class BenchEngine : IAsyncDisposable
{
    internal static readonly TaskDefinition<Payload> NoOp = TaskDefinition.Create<Payload>("noop");

    private readonly EmbeddedEngine _engine;
    private readonly CompletionCounter _completed;

    private BenchEngine(EmbeddedEngine engine, CompletionCounter completed)
    {
        _engine = engine;
        _completed = completed;
    }

    internal IJobClient Client => _engine.Client;

    internal static async Task<BenchEngine> StartAsync(BenchOptions options, IJobStore store, bool runsJobs)
    {
        var completed = new CompletionCounter(store);
        var engine = await EmbeddedJobs.StartAsync(jobs => jobs
            .UseStore(_ => completed)
            .Queue(QueueName.Default, queue => queue.Concurrency = runsJobs ? options.Concurrency : 0)
            .Handle(NoOp, (_, _) => Task.CompletedTask));
        return new BenchEngine(engine, completed);
    }

    /// <summary>Completes when so many completions are committed; counting is the store's, not the handler's.</summary>
    internal Task WhenCommittedAsync(long jobs) => _completed.WhenAsync(jobs);

    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}

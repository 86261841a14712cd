using Jobs.Core;

namespace Jobs.Bench;

/// <summary>The engine in this process.</summary>
internal sealed class BenchEngine : IBenchEngine
{
    private readonly EmbeddedEngine _engine;
    private readonly CompletionCounter _completed;
    private readonly ProbeStarts _starts;

    private BenchEngine(EmbeddedEngine engine, CompletionCounter completed, ProbeStarts starts, BenchTasks tasks)
    {
        _engine = engine;
        _completed = completed;
        _starts = starts;
        NoOp = tasks.NoOp;
        Probe = tasks.Probe;
    }

    public TaskDefinition<Payload> NoOp { get; }

    public TaskDefinition<Payload> Probe { get; }

    public IJobClient Client => _engine.Client;

    /// <summary>Completions that are committed; counting is the store's, not the handler's.</summary>
    internal long Committed => _completed.Count;

    internal static async Task<BenchEngine> StartAsync(BenchOptions options, IJobStore store, bool runsJobs)
    {
        var completed = new CompletionCounter(store);
        var starts = new ProbeStarts();
        var tasks = new BenchTasks(options);
        var engine = await EmbeddedJobs.StartAsync(jobs => jobs
            .UseStore(_ => completed)
            .Queue(QueueName.Default, queue => queue.Concurrency = runsJobs ? options.Concurrency : 0)
            .Handle(tasks.NoOp, (_, _) => Task.CompletedTask)
            .Handle(tasks.Probe, (_, _) => starts.Note()));
        return new BenchEngine(engine, completed, starts, tasks);
    }

    public Task WhenCommittedAsync(long jobs, CancellationToken stop) => _completed.WhenAsync(jobs).WaitAsync(stop);

    public TimeSpan? LastIntake => _completed.LastIntake;

    public Task<long> NextStart() => _starts.Next();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}

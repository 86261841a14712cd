using System.Collections.Concurrent;
using Jobs.Conformance;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Core.Tests.Workers;

/// <summary>A worker elsewhere that lives, and whose link is gone with an answer that had jobs for it.</summary>
public sealed class LostLinkTests : IAsyncDisposable
{
    private const string Worker = "silo-7";

    private static readonly PartitionKey Key = new(QueueName.Default, 0);
    private readonly Nudges _nudges = new();
    private readonly InMemoryJobStore _store = new();
    private readonly CommitPipeline _pipeline;

    public LostLinkTests() => _pipeline = new CommitPipeline(_store, new CommitLimits());

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task It_is_asked_to_report_and_what_it_does_not_name_then_is_handed_out_anew()
    {
        await using var runner = await OpenAsync();
        var job = Insert(runner);

        // Answered, and nobody reads it.
        Assert.Equal(job, Assert.Single((await ReportAsync(runner, 1)).Jobs).Id);
        runner.Post(WorkerMail.LookForSilent.Instance);
        Assert.Equal([Worker], _nudges.Of);
        var again = await ReportAsync(runner, 2);
        if (again.Jobs.Count == 0) again = await ReportAsync(runner, 3);
        Assert.Equal((job, 2), (Assert.Single(again.Jobs).Id, again.Jobs[0].Deliveries));
    }

    [Fact]
    public async Task One_that_has_no_jobs_may_be_silent()
    {
        await using var runner = await OpenAsync();
        Assert.Empty((await ReportAsync(runner, 1)).Jobs);
        runner.Post(WorkerMail.LookForSilent.Instance);
        Assert.Empty(_nudges.Of);
    }

    private async Task<PartitionRunner> OpenAsync()
    {
        var opening = await _store.OwnAsync(Key, "owner", CancellationToken.None);
        var partition = new QueuePartition(Key, PollStrategy.Fifo, new PartitionLimits(), new JobStateMachine(JobLimits.Default));
        var runner = new PartitionRunner(partition, opening.Epoch, _store, _pipeline, _nudges, TimeProvider.System, NullLogger.Instance)
        {
            SilentAfter = TimeSpan.Zero,
        };
        runner.Open(opening, TimeProvider.System.GetUtcNow());
        return runner;
    }

    private JobId Insert(PartitionRunner runner)
    {
        var now = TimeProvider.System.GetUtcNow();
        var job = new JobRecord
        {
            Id = new JobIdSource(TimeProvider.System, new Random(1)).Next(Key.Queue, 0),
            Terms = new JobTerms { Task = "work", Queue = Key.Queue },
            Payload = default,
            State = JobState.Pending,
            Sequence = runner.TakeSequence(1),
            EnqueuedAt = now,
            RunAt = now,
        };
        _pipeline.Submit(new EnqueueUnit([runner.Change(new JobTransition(null, job))], [runner]));
        return job.Id;
    }

    private static Task<WorkerOrders> ReportAsync(PartitionRunner runner, long number)
    {
        var report = new WorkerReport { Worker = Worker, Number = number, Offer = new WorkerOffer(Worker, ["work"], null, null), Slots = 1 };
        var exchange = new WorkerMail.Exchange(report);
        runner.Post(exchange);
        return exchange.Answer.Soon();
    }

    private sealed class Nudges : UnheardEvents
    {
        internal ConcurrentQueue<string> Of { get; } = new();

        public override void Nudge(PartitionKey partition, string worker) => Of.Enqueue(worker);
    }
}

using Jobs.Conformance;

namespace Jobs.Core.Tests.Embedded;

/// <summary>A job is taken out of the inbox while somebody looks for it.</summary>
public sealed class InboxRaceTests
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");

    [Fact]
    public async Task A_job_that_leaves_the_inbox_between_two_looks_is_found()
    {
        var store = new LeavingStore(new InMemoryJobStore());
        await using var engine = await EmbeddedJobs.StartAsync(jobs => jobs.UseStore(_ => store).Handle(Work, (_, _) => Task.CompletedTask));
        Assert.Equal(JobState.Cancelled, (await engine.Client.CancelAsync(store.Job.Id).AsTask().Soon()).State);
    }

    /// <summary>A job of it is in the inbox at the first look, and among the others before the second one ends.</summary>
    private sealed class LeavingStore(IJobStore inner) : StoreDecorator(inner), IInboxStore
    {
        private readonly TaskCompletionSource _looked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public JobRecord Job { get; } = new()
        {
            Id = JobId.FromName(QueueName.Default, "in the inbox"),
            Terms = new JobTerms { Task = Work.Name, Queue = QueueName.Default },
            Payload = "\"text\""u8.ToArray(),
            State = JobState.Scheduled,
            Sequence = 0,
            EnqueuedAt = TimeProvider.System.GetUtcNow(),
            RunAt = TimeProvider.System.GetUtcNow().AddDays(1),
        };

        public override IInboxStore? Inbox => this;

        private PartitionKey Partition => new(QueueName.Default, Job.Id.Partition);

        public async Task ListenAsync(Action<PartitionKey?> arrived, CancellationToken cancellation)
        {
            await _looked.Task.WaitAsync(cancellation);
            arrived(Partition);
        }

        public async ValueTask<InboxPage> LoadInboxAsync(PartitionKey partition, long after, int maxJobs, CancellationToken cancellation)
        {
            await _looked.Task.WaitAsync(cancellation);
            return new InboxPage(await FindAsync(Job.Id, cancellation) is null ? [Job] : [], [], null);
        }

        public async ValueTask<JobRecord?> FindInInboxAsync(JobId id, CancellationToken cancellation)
        {
            _looked.TrySetResult();
            while (await FindAsync(id, cancellation) is null) await Task.Yield();
            return null;
        }

        public ValueTask DescribeQueueAsync(QueueName queue, int partitions, CancellationToken cancellation) => default;

        public ValueTask<IReadOnlyList<PartitionKey>> ListInboxAsync(CancellationToken cancellation) => new(Array.Empty<PartitionKey>());

        public ValueTask<IReadOnlyList<JobId>> DropExistingAsync(IReadOnlyList<JobId> ids, CancellationToken cancellation) => new(Array.Empty<JobId>());
    }
}

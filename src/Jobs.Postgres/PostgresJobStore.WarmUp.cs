using Jobs.Core;

namespace Jobs.Postgres;

/// <content>Compiling what commits need before the first one is waited for.</content>
public sealed partial class PostgresJobStore
{
    /// <summary>No partition has it: the first claim gives 1.</summary>
    private const long NoEpoch = 0;

    private const string WarmUpName = "warm-up";

    /// <inheritdoc/>
    /// <remarks>
    /// Reads what is read when a partition is opened, and sends commits that the fence refuses: an insert and an end of one job each, and several of
    /// both. Nothing is written.
    /// </remarks>
    public async ValueTask WarmUpAsync(CancellationToken cancellation)
    {
        await MigrateOnceAsync(cancellation).ConfigureAwait(false);
        var partitions = await QueryAsync(
            _sql.AnyPartition, _ => { }, row => new PartitionKey(new QueueName(row.GetString(0)), row.GetInt32(1)), cancellation).ConfigureAwait(false);
        if (partitions.Count == 0) return;
        var ids = new JobIdSource(_clock, new Random(0));
        JobTransition[] changes = [.. Enumerable.Range(0, 4).Select(i => i % 2 == 0 ? InsertOf(NewJob()) : EndOf(NewJob()))];
        await CommitAsync([Refused(changes[0])], cancellation).ConfigureAwait(false);
        await CommitAsync([Refused(changes[1])], cancellation).ConfigureAwait(false);
        await CommitAsync([.. changes.Select(Refused)], cancellation).ConfigureAwait(false);
        await ReadAsync(partitions[0], changes[0].Job.Id, cancellation).ConfigureAwait(false);

        JobRecord NewJob() => WaitingJob(ids.Next(partitions[0].Queue, partitions[0].Number), partitions[0].Queue);
    }

    private async Task ReadAsync(PartitionKey partition, JobId id, CancellationToken cancellation)
    {
        var now = _clock.GetUtcNow();
        var page = new PageRequest(partition, PageKind.Ready, WarmUpName, default, 1, PollStrategy.PriorityFirst, now);
        await LoadAsync(page, cancellation).ConfigureAwait(false);
        await FindManyAsync([id], cancellation).ConfigureAwait(false);
        await FindManyInInboxAsync([id], cancellation).ConfigureAwait(false);
        await LoadInboxAsync(partition, 0, 1, cancellation).ConfigureAwait(false);
        var notes = JobNotes.Empty with
        {
            Errors = [new JobError(1, now, WarmUpName, WarmUpName)],
            Log = [new JobLogLine(now, 1, WarmUpName)],
            Progress = new JobProgress(1, WarmUpName),
        };
        StoredText.ToNotes(StoredText.OfNotes(notes));
    }

    private static OwnUnit Refused(JobTransition change) => new([new JobChange(change, NoEpoch, IsFresh: true)]);

    private JobRecord WaitingJob(JobId id, QueueName queue)
    {
        var now = _clock.GetUtcNow();
        return new JobRecord
        {
            Id = id,
            Terms = new JobTerms { Task = WarmUpName, Queue = queue },
            Payload = "0"u8.ToArray(),
            State = JobState.Pending,
            Sequence = 0,
            EnqueuedAt = now,
            RunAt = now,
        };
    }

    private static JobTransition InsertOf(JobRecord job) => new(null, job);

    private static JobTransition EndOf(JobRecord job)
    {
        var running = job with { State = JobState.Running, Deliveries = 1 };
        return new JobTransition(running, running with { State = JobState.Completed, FinishedAt = job.EnqueuedAt });
    }
}

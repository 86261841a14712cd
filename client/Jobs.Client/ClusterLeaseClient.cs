using Jobs.Grains.Contracts;

namespace Jobs.Client;

/// <summary>
/// Leases of a cluster: jobs are taken from one partition after the other, and while all are empty, the client looks out at all of them. What
/// a take has taken whose answer was lost is handed over when it is repeated; after the silo's end it comes back when its lease is over.
/// </summary>
internal sealed class ClusterLeaseClient(ClusterCalls calls, QueueMap queues, JobsClientOptions options) : ILeaseClient
{
    private uint _takes;

    public async ValueTask<IReadOnlyList<LeasedJob>> TakeAsync(LeaseRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var wanted = MessageOf(request.Checked());
        cancellation.ThrowIfCancellationRequested();

        // It counts from the call on, whatever that finds on its way.
        using var time = new CancellationTokenSource(ClusterJobClient.TimerOf(request.Wait), options.Clock);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation, time.Token);
        var queue = await queues.DescribeAsync(request.Queue, cancellation).ConfigureAwait(false);
        try
        {
            while (true)
            {
                var taken = await SweepAsync(queue, wanted, cancellation).ConfigureAwait(false);
                if (taken.Count > 0 || request.Wait == TimeSpan.Zero || time.IsCancellationRequested) return taken;
                await LookOutAsync(queue, wanted, waiting.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (time.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return [];
        }
    }

    public async ValueTask AckAsync(LeaseToken lease, ReadOnlyMemory<byte>? result = null, CancellationToken cancellation = default) =>
        await AnswerAsync(Answer(lease, LeaseAnswerKind.Ack) with { Result = result }, cancellation).ConfigureAwait(false);

    public async ValueTask NackAsync(LeaseToken lease, TimeSpan? delay = null, string? error = null, CancellationToken cancellation = default)
    {
        var said = string.IsNullOrEmpty(error) ? LeaseClientExtensions.NothingSaid : error;
        _ = JobOutcome.Retry(said, delay);
        await AnswerAsync(Answer(lease, LeaseAnswerKind.Nack) with { Delay = delay, Error = said }, cancellation).ConfigureAwait(false);
    }

    public async ValueTask DeadLetterAsync(LeaseToken lease, string error, CancellationToken cancellation = default)
    {
        _ = JobOutcome.DeadLetter(error);
        await AnswerAsync(Answer(lease, LeaseAnswerKind.DeadLetter) with { Error = error }, cancellation).ConfigureAwait(false);
    }

    public async ValueTask GiveBackAsync(LeaseToken lease, CancellationToken cancellation = default) =>
        await AnswerAsync(Answer(lease, LeaseAnswerKind.GiveBack), cancellation).ConfigureAwait(false);

    public async ValueTask<DateTimeOffset> ExtendAsync(LeaseToken lease, TimeSpan? length = null, CancellationToken cancellation = default)
    {
        var wanted = length ?? LeaseRequest.DefaultLength;
        LeaseRequest.RequireLength(nameof(length), wanted);
        var until = await AnswerAsync(Answer(lease, LeaseAnswerKind.Extend) with { Length = wanted }, cancellation).ConfigureAwait(false);
        return until!.Value;
    }

    private static LeaseAnswer Answer(LeaseToken lease, LeaseAnswerKind kind) => new() { Job = lease.Job, Delivery = lease.Delivery, Kind = kind };

    private TakeRequest MessageOf(LeaseRequest request) => new()
    {
        Tasks = request.Tasks?.ToArray(),
        MaxJobs = request.MaxJobs,
        Length = request.Length,
        Consumer = request.Consumer ?? options.ConsumerName,
    };

    /// <summary>Takes from one partition after the other, beginning with another one each time.</summary>
    private async Task<IReadOnlyList<LeasedJob>> SweepAsync(QueueDescription queue, TakeRequest wanted, CancellationToken cancellation)
    {
        var first = Interlocked.Increment(ref _takes);
        var taken = new List<LeasedJob>();
        for (var i = 0; i < queue.Partitions && taken.Count < wanted.MaxJobs; i++)
        {
            var partition = queues.Partition(queue.Queue, (int)((first + i) % queue.Partitions));
            try
            {
                taken.AddRange(await TakeFromAsync(partition, wanted with { MaxJobs = wanted.MaxJobs - taken.Count }, cancellation).ConfigureAwait(false));
            }
            catch (Exception) when (taken.Count > 0)
            {
                // What is taken is handed over; the error comes again with the next call if it is still there.
                break;
            }
        }

        return taken;
    }

    /// <summary>Whoever gives up waiting gets nothing, and what is taken nevertheless is given back.</summary>
    private async Task<LeasedJob[]> TakeFromAsync(IQueuePartition partition, TakeRequest wanted, CancellationToken cancellation)
    {
        wanted = wanted with { Id = Guid.NewGuid() };
        var taking = calls.AskAsync(
            isRepeated => partition.TakeAsync(wanted with { IsRepeated = isRepeated }), "hand out jobs", CancellationToken.None);
        try
        {
            return await taking.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _ = GiveBackAsync(taking);
            throw;
        }
    }

    private async Task GiveBackAsync(Task<LeasedJob[]> taking)
    {
        try
        {
            foreach (var lease in await taking.ConfigureAwait(false)) await GiveBackAsync(lease.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It comes back when its lease is over.
        }
    }

    /// <summary>Waits until a partition has something, or for as long as one question stays open.</summary>
    private async Task LookOutAsync(QueueDescription queue, TakeRequest wanted, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var looks = Enumerable.Range(0, queue.Partitions).Select(number => calls.AskAsync(
            _ => queues.Partition(queue.Queue, number).LookOutAsync(wanted, options.PollTime, over.Token), "hand out jobs", over.Token)).ToList();
        try
        {
            await (await Task.WhenAny(looks).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task<DateTimeOffset?> AnswerAsync(LeaseAnswer answer, CancellationToken cancellation)
    {
        var partition = await queues.PartitionOfAsync(answer.Job, cancellation).ConfigureAwait(false) ?? throw new LeaseLostException(answer.Lease);
        return await calls.AskAsync(
            isRepeated => partition.AnswerLeaseAsync(answer with { IsRepeated = isRepeated }), "answer leases", cancellation).ConfigureAwait(false);
    }
}

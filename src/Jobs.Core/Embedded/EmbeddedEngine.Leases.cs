namespace Jobs.Core;

/// <content>Jobs that callers take and answer by themselves.</content>
public sealed partial class EmbeddedEngine
{
    private readonly CancellationTokenSource _takingOver = new();
    private uint _takes;

    /// <summary>Takes what there is, and waits for it as the request says.</summary>
    internal async ValueTask<IReadOnlyList<JobRecord>> TakeAsync(LeaseRequest request, CancellationToken cancellation)
    {
        if (_state is not EngineState.Running) throw new ServiceStoppedException("hand out jobs");
        var queue = await QueueAsync(request.Queue, cancellation).ConfigureAwait(false);
        var tasks = request.Tasks?.ToHashSet(StringComparer.Ordinal);
        LeaseSink Sink(int jobs) => new(request.Consumer ?? _settings.WorkerName, request.Length, jobs, tasks);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _takingOver.Token);
        using var time = new CancellationTokenSource(Times.ForTimer(request.Wait), Clock);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, time.Token);
        try
        {
            while (true)
            {
                var taken = await SweepAsync(queue, request.MaxJobs, Sink, ended.Token).ConfigureAwait(false);
                if (taken.Count > 0 || request.Wait == TimeSpan.Zero || time.IsCancellationRequested) return taken;
                await LookOutAsync(queue, Sink, waiting.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return _takingOver.IsCancellationRequested ? throw new ServiceStoppedException("hand out jobs") : [];
        }
    }

    internal void Taken(JobRecord job)
    {
        _metrics.Started(job);
        _events.StartedHook?.Invoke(job);
    }

    /// <summary>Has the holder's answer written, if the lease is not over.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="decide">What the answer means for the job; what it throws is for the holder, and the lease goes on.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    internal async ValueTask<JobTransition> AnswerLeaseAsync(LeaseToken lease, Func<JobRecord, JobEvent> decide, CancellationToken cancellation)
    {
        var queue = await QueueOfAsync(lease.Job, cancellation).ConfigureAwait(false);
        if (queue is null || lease.Job.Partition >= queue.Seats.Count) throw new LeaseLostException(lease);
        while (true)
        {
            var runner = await RequireAsync(queue, lease.Job.Partition, cancellation).ConfigureAwait(false);
            try
            {
                var look = new LeaseMail.Look(lease);
                runner.Post(look);
                var happened = decide(await look.Answer.WaitAsync(cancellation).ConfigureAwait(false));
                var answered = new LeaseMail.Answered(lease, happened);
                runner.Post(answered);
                return await answered.Answer.WaitAsync(cancellation).ConfigureAwait(false);
            }
            catch (PartitionLostException)
            {
                // Nothing was changed; whoever owns the partition next is asked.
            }
        }
    }

    /// <summary>What an outcome that a holder tells means for the job.</summary>
    internal JobEvent EndingOf(JobRecord job, JobOutcome outcome, ReadOnlyMemory<byte>? result = null) =>
        LeaseEnding.Of(job, outcome, result, _settings, _environment);

    internal void Answered(JobTransition transition)
    {
        if (transition.Before is { StartedAt: { } started } job)
            _metrics.Ran(job, transition.Job.State.ToString(), transition.Job.State is JobState.Completed, Clock.GetUtcNow() - started);
    }

    /// <summary>Takes from one partition after the other, beginning with another one each time.</summary>
    private async Task<IReadOnlyList<JobRecord>> SweepAsync(JobQueue queue, int maxJobs, Func<int, LeaseSink> sink, CancellationToken cancellation)
    {
        if (queue.Partitions.Count == 0)
            await queue.WaitForAsync(() => queue.Partitions.FirstOrDefault(p => p.IsServing), OwnerPatience, Clock, cancellation).ConfigureAwait(false);
        var owned = queue.Partitions;
        var first = Interlocked.Increment(ref _takes);
        var taken = new List<JobRecord>();
        for (var i = 0; i < owned.Count && taken.Count < maxJobs; i++)
        {
            var number = owned[(int)((first + i) % owned.Count)].Key.Number;
            try
            {
                taken.AddRange(await TakeFromAsync(queue, number, sink(maxJobs - taken.Count), cancellation).ConfigureAwait(false));
            }
            catch (Exception) when (taken.Count > 0)
            {
                // What is taken is handed over; the error comes again with the next call if it is still there.
                break;
            }
        }

        return taken;
    }

    private async Task<IReadOnlyList<JobRecord>> TakeFromAsync(JobQueue queue, int number, LeaseSink sink, CancellationToken cancellation)
    {
        while (true)
        {
            var runner = await RequireAsync(queue, number, cancellation).ConfigureAwait(false);
            var take = new LeaseMail.Take(sink);
            runner.Post(take);
            using var givingUp = cancellation.UnsafeRegister(static take => ((LeaseMail.Take)take!).TryGiveUp(), take);
            try
            {
                return await take.Answer.ConfigureAwait(false);
            }
            catch (PartitionLostException)
            {
                // Nothing was handed over; whoever owns the partition next is asked.
            }
        }
    }

    /// <summary>Waits until a partition has something, or it is time to look which ones this process owns.</summary>
    private async Task LookOutAsync(JobQueue queue, Func<int, LeaseSink> sink, CancellationToken cancellation)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var owned = queue.Partitions;
        foreach (var runner in owned) runner.Post(new LeaseMail.Lookout(sink(1), seen));
        try
        {
            await seen.Task.WaitAsync(Times.ForTimer(OwnerPatience), Clock, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // By now this process may own others.
        }
        finally
        {
            seen.TrySetResult();
            foreach (var runner in owned) runner.Post(PartitionMail.Wake.Instance);
        }
    }
}

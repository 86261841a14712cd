using System.Collections.Concurrent;

namespace Jobs.Core.Tests.Embedded;

/// <summary>One caller that does random things to random jobs.</summary>
internal sealed class StressClient(
    IJobClient client, StressHandlers handlers, StressLedger ledger, IReadOnlyList<QueueName> queues, ConcurrentBag<Task> waits, int seed)
{
    private static readonly string?[] Groups = [null, null, "g", "h"];

    private readonly Random _random = new(seed);
    private readonly List<JobId> _known = [];

    /// <summary>Goes on for so many steps; a stop of the engine ends it early.</summary>
    internal async Task RunAsync(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            try
            {
                await StepAsync();
            }
            catch (ServiceStoppedException)
            {
                return;
            }
            catch (Exception e) when (e is IOException or WrongJobStateException or JobNotFoundException or UniqueKeyTakenException)
            {
                // All of these are proper answers here.
            }
        }
    }

    private async Task StepAsync()
    {
        var step = _random.Next(20);
        if (step < 6 || _known.Count == 0) await EnqueueAsync();
        else if (step < 8) await EnqueueManyAsync();
        else if (step < 9) await EnqueueBatchAsync();
        else if (step < 10) await GiveUpEnqueueAsync();
        else await LookOrChangeAsync(step, _known[_random.Next(_known.Count)]);
    }

    private async Task LookOrChangeAsync(int step, JobId id)
    {
        switch (step)
        {
            case 10: await client.CancelAsync(id); break;
            case 11: await DeleteAsync(id, _random.Next(2) == 0); break;
            case 12: await RetryAsync(id); break;
            case 13: await client.RunNowAsync(id); break;
            case 14: await client.RescheduleAsync(id, TimeProvider.System.GetUtcNow().AddMilliseconds(_random.Next(-2, 5))); break;
            case 15: await client.ChangePriorityAsync(id, _random.Next(3)); break;
            case 16: await client.ListAsync(new JobQuery { PageJobs = 5, Queue = queues[_random.Next(queues.Count)] }); break;
            case 17: await client.CountAsync(); break;
            case 18: await client.FindAsync(id); break;
            default: waits.Add(WaitAsync(id)); break;
        }
    }

    private async Task DeleteAsync(JobId id, bool whenRunning)
    {
        await client.DeleteAsync(id, whenRunning);
        ledger.Deleted[id] = true;
    }

    private async Task RetryAsync(JobId id)
    {
        // Noted before: it may end again before this call returns.
        ledger.Retried[id] = true;
        await client.RetryAsync(id);
    }

    private async Task WaitAsync(JobId id)
    {
        try
        {
            var job = await client.WaitAsync(id).ConfigureAwait(false);
            if (!job.State.IsFinal()) ledger.Faults.Enqueue($"a waiter of {id} was told {job.State}");
        }
        catch (JobNotFoundException)
        {
            // It was deleted before, or is being deleted by another caller.
        }
        catch (ServiceStoppedException)
        {
            // The engine has stopped meanwhile.
        }
    }

    private async Task EnqueueAsync()
    {
        var job = NewJob();
        var act = job.Act;
        var handle = await client.EnqueueAsync(Task(), job, o => Configure(o, act, job.Group));
        Note([handle]);
    }

    private async Task EnqueueManyAsync()
    {
        var job = NewJob();
        Note(await client.EnqueueManyAsync(Task(), [job, job, job], o => Configure(o, job.Act, job.Group)));
    }

    private async Task EnqueueBatchAsync()
    {
        Note(await client.EnqueueBatchAsync([.. Enumerable.Range(0, 5).Select(_ =>
        {
            var job = NewJob();
            return Jobs.NewJob.Of(Task(), job, o => Configure(o, job.Act, job.Group));
        })]));
    }

    /// <summary>An enqueue that is given up while it waits for room, or is not, if there is room.</summary>
    private async Task GiveUpEnqueueAsync()
    {
        using var giveUp = new CancellationTokenSource();
        var job = NewJob();
        var enqueue = client.EnqueueAsync(Task(), job, o => Configure(o, job.Act, job.Group), giveUp.Token).AsTask();
        await System.Threading.Tasks.Task.Yield();
        await giveUp.CancelAsync();
        try
        {
            Note([await enqueue]);
        }
        catch (OperationCanceledException)
        {
            // It waited.
        }
    }

    private void Note(IEnumerable<JobHandle> handles)
    {
        foreach (var handle in handles)
        {
            if (!handle.AlreadyExisted) ledger.Acknowledged[handle.Id] = true;
            _known.Add(handle.Id);
        }
    }

    private StressJob NewJob() => new(_random.Next(StressHandlers.Acts), Groups[_random.Next(Groups.Length)]);

    private TaskDefinition<StressJob> Task() => handlers.All[_random.Next(10) switch
    {
        0 => 2,
        < 4 => 1,
        _ => 0,
    }];

    private void Configure(EnqueueOptions options, int act, string? group)
    {
        options.Queue = queues[_random.Next(queues.Count)];
        options.Priority = _random.Next(3);
        options.GroupKey = group;
        if (act == StressHandlers.TimesOut) options.Timeout = TimeSpan.FromMilliseconds(_random.Next(1, 4));
        if (_random.Next(4) == 0) options.Delay = TimeSpan.FromMilliseconds(_random.Next(4));
        if (_random.Next(6) == 0) options.UniqueKey = "u" + _random.Next(4);
    }
}

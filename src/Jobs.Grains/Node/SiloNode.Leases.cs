using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Grains.Node;

/// <content>Jobs that callers take and answer by themselves.</content>
internal sealed partial class SiloNode
{
    /// <summary>Takes what a partition has ready.</summary>
    internal async Task<LeasedJob[]> TakeAsync(HostedPartition partition, TakeRequest request)
    {
        var take = new LeaseMail.Take(SinkOf(request));
        partition.Runner.Post(take);
        var taken = await take.Answer.ConfigureAwait(false);
        foreach (var job in taken)
        {
            _metrics.Started(job);
            _handlers.StartedHook?.Invoke(job);
        }

        return [.. taken.Select(Leased)];
    }

    /// <summary>What is leased of some jobs still, for whoever has not got the answer to his take.</summary>
    internal async Task<LeasedJob[]> TakenAsync(HostedPartition partition, IReadOnlyList<LeaseToken> leases)
    {
        var looks = leases.Select(lease => new LeaseMail.Look(lease)).ToList();
        foreach (var look in looks) partition.Runner.Post(look);
        var taken = new List<LeasedJob>(looks.Count);
        foreach (var look in looks)
        {
            try
            {
                taken.Add(Leased(await look.Answer.ConfigureAwait(false)));
            }
            catch (LeaseLostException)
            {
                // The answer took longer than the lease.
            }
        }

        return [.. taken];
    }

    /// <summary>Waits until a partition has something to take, or is served here no more; false if the time was over first.</summary>
    internal async Task<bool> LookOutAsync(HostedPartition partition, TakeRequest request, TimeSpan atMost, CancellationToken cancellation)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        partition.Runner.Post(new LeaseMail.Lookout(SinkOf(request), seen));
        try
        {
            // The call's own time, not that of the jobs: it has to return before the caller's response time-out.
            await Task.WhenAny(seen.Task, partition.Left).WaitAsync(atMost, TimeProvider.System, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            seen.TrySetResult();
            partition.Runner.Post(PartitionMail.Wake.Instance);
        }
    }

    /// <summary>Has a holder's answer written; when the lease ends now, or null if it has ended by this.</summary>
    internal async Task<DateTimeOffset?> AnswerLeaseAsync(HostedPartition partition, LeaseAnswer answer)
    {
        try
        {
            var look = new LeaseMail.Look(answer.Lease);
            partition.Runner.Post(look);
            var answered = new LeaseMail.Answered(answer.Lease, EventOf(await look.Answer.ConfigureAwait(false), answer));
            partition.Runner.Post(answered);
            var transition = await answered.Answer.ConfigureAwait(false);
            if (answer.Kind is LeaseAnswerKind.Extend) return transition.After!.LeasedUntil;
            if (transition.Before is { StartedAt: { } started } job)
                _metrics.Ran(job, transition.Job.State.ToString(), transition.Job.State is JobState.Completed, Clock.GetUtcNow() - started);
            return null;
        }
        catch (LeaseLostException) when (answer.IsRepeated)
        {
            if (await LookUpAsync(answer.Job).ConfigureAwait(false) is { } job && LeaseAnswers.HasCounted(answer, job)) return null;
            throw;
        }
    }

    private JobEvent EventOf(JobRecord job, LeaseAnswer answer)
    {
        if (LeaseAnswers.OutcomeOf(answer) is { } outcome) return LeaseEnding.Of(job, outcome, answer.Result, Settings, _environment);
        if (answer.Kind is LeaseAnswerKind.GiveBack) return new JobEvent.GivenBack();
        LeaseRequest.RequireLength(nameof(answer.Length), answer.Length);
        return new JobEvent.Extended(Times.Add(Clock.GetUtcNow(), answer.Length));
    }

    private LeaseSink SinkOf(TakeRequest request)
    {
        _ = new LeaseRequest { MaxJobs = request.MaxJobs, Length = request.Length }.Checked();
        var consumer = Plan.RequireKey(nameof(LeaseRequest.Consumer), request.Consumer)!;
        return new LeaseSink(consumer, request.Length, request.MaxJobs, request.Tasks?.ToHashSet(StringComparer.Ordinal));
    }

    private LeasedJob Leased(JobRecord job) => new(Show(job), job.LeasedUntil!.Value);
}

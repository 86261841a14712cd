namespace Jobs.Core;

/// <summary>Leases of an engine in the same process.</summary>
internal sealed class EmbeddedLeaseClient(EmbeddedEngine engine) : ILeaseClient
{
    public async ValueTask<IReadOnlyList<LeasedJob>> TakeAsync(LeaseRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        _ = engine.RequireKey(nameof(request.Consumer), request.Checked().Consumer);
        cancellation.ThrowIfCancellationRequested();
        var taken = await engine.TakeAsync(request, cancellation).ConfigureAwait(false);
        foreach (var job in taken) engine.Taken(job);
        return [.. taken.Select(job => new LeasedJob(engine.Show(job), job.LeasedUntil!.Value))];
    }

    public ValueTask AckAsync(LeaseToken lease, ReadOnlyMemory<byte>? result = null, CancellationToken cancellation = default) =>
        EndAsync(lease, job => engine.EndingOf(job, JobOutcome.Done(), result), cancellation);

    public ValueTask NackAsync(LeaseToken lease, TimeSpan? delay = null, string? error = null, CancellationToken cancellation = default)
    {
        var outcome = JobOutcome.Retry(string.IsNullOrEmpty(error) ? LeaseClientExtensions.NothingSaid : error, delay);
        return EndAsync(lease, job => engine.EndingOf(job, outcome), cancellation);
    }

    public ValueTask DeadLetterAsync(LeaseToken lease, string error, CancellationToken cancellation = default)
    {
        var outcome = JobOutcome.DeadLetter(error);
        return EndAsync(lease, job => engine.EndingOf(job, outcome), cancellation);
    }

    public ValueTask GiveBackAsync(LeaseToken lease, CancellationToken cancellation = default) =>
        EndAsync(lease, _ => new JobEvent.GivenBack(), cancellation);

    public async ValueTask<DateTimeOffset> ExtendAsync(LeaseToken lease, TimeSpan? length = null, CancellationToken cancellation = default)
    {
        var wanted = length ?? LeaseRequest.DefaultLength;
        LeaseRequest.RequireLength(nameof(length), wanted);
        engine.RequireRunning("extend leases");
        var extended = await engine.AnswerLeaseAsync(
            lease, _ => new JobEvent.Extended(Times.Add(engine.Clock.GetUtcNow(), wanted)), cancellation).ConfigureAwait(false);
        return extended.After!.LeasedUntil!.Value;
    }

    private async ValueTask EndAsync(LeaseToken lease, Func<JobRecord, JobEvent> decide, CancellationToken cancellation)
    {
        engine.RequireRunning("answer leases");
        engine.Answered(await engine.AnswerLeaseAsync(lease, decide, cancellation).ConfigureAwait(false));
    }
}

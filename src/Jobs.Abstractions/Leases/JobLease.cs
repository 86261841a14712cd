namespace Jobs;

/// <summary>A job in the hand of the code that took it. Answer it once, before <see cref="Until"/>. Not for many threads at a time.</summary>
public class JobLease
{
    private readonly IJobClient _client;
    private readonly bool _ignoresLoss;

    internal JobLease(IJobClient client, TaskDefinition? task, LeasedJob leased, LeaseRequest request)
    {
        _client = client;
        _ignoresLoss = request.IgnoreLostLeases;
        Task = task;
        Job = leased.Job;
        Token = leased.Token;
        Until = leased.Until;
    }

    /// <summary>What answers the lease, to be written down for another process or for after a restart.</summary>
    public LeaseToken Token { get; }

    /// <summary>The job as it was handed out: task, attempt, headers, tags and all.</summary>
    public JobSnapshot Job { get; }

    /// <summary>When the lease ends; <see cref="ExtendAsync"/> moves it.</summary>
    public DateTimeOffset Until { get; private set; }

    /// <summary>The payload's bytes as they were enqueued.</summary>
    /// <exception cref="PayloadEncryptionException">They are stored encrypted and cannot be decrypted.</exception>
    public ReadOnlyMemory<byte> PayloadBytes => PayloadProtection.Open(
        Task, Client.Codec, Job.ContentType, Job.Payload, new PayloadPlace(Job.Id, Job.Task, PayloadPart.Payload));

    private protected IJobClient Client => _client;

    private protected TaskDefinition? Task { get; }

    /// <summary>The job is done; see <see cref="ILeaseClient.AckAsync"/>.</summary>
    public ValueTask AckAsync(CancellationToken cancellation = default) => AnswerAsync(_client.Leases.AckAsync(Token, null, cancellation));

    /// <summary>The job is done, and these bytes are its result; see <see cref="ILeaseClient.AckAsync"/>.</summary>
    public ValueTask AckAsync(ReadOnlyMemory<byte> result, CancellationToken cancellation = default) =>
        AnswerAsync(_client.Leases.AckAsync(Token, result, cancellation));

    /// <summary>The attempt failed; see <see cref="ILeaseClient.NackAsync"/>.</summary>
    public ValueTask NackAsync(TimeSpan? delay = null, string? error = null, CancellationToken cancellation = default) =>
        AnswerAsync(_client.Leases.NackAsync(Token, delay, error, cancellation));

    /// <summary>The job shall not be tried again; see <see cref="ILeaseClient.DeadLetterAsync"/>.</summary>
    public ValueTask DeadLetterAsync(string error, CancellationToken cancellation = default) =>
        AnswerAsync(_client.Leases.DeadLetterAsync(Token, error, cancellation));

    /// <summary>The job is given back unused; see <see cref="ILeaseClient.GiveBackAsync"/>.</summary>
    public ValueTask GiveBackAsync(CancellationToken cancellation = default) => AnswerAsync(_client.Leases.GiveBackAsync(Token, cancellation));

    /// <summary>The lease lasts for a time from now on; see <see cref="ILeaseClient.ExtendAsync"/>.</summary>
    public ValueTask ExtendAsync(TimeSpan? length = null, CancellationToken cancellation = default)
    {
        return AnswerAsync(MoveAsync());

        async ValueTask MoveAsync() => Until = await _client.Leases.ExtendAsync(Token, length, cancellation).ConfigureAwait(false);
    }

    private protected async ValueTask AnswerAsync(ValueTask answer)
    {
        try
        {
            await answer.ConfigureAwait(false);
        }
        catch (LeaseLostException) when (_ignoresLoss)
        {
            // Whoever took the job said that this is nothing to him.
        }
    }
}

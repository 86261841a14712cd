namespace Jobs;

/// <summary>A job of a task with a result in the hand of the code that took it.</summary>
/// <typeparam name="TPayload">What the job carries.</typeparam>
/// <typeparam name="TResult">What the job results in.</typeparam>
public sealed class JobLease<TPayload, TResult> : JobLease<TPayload>
{
    private readonly ResultTask<TPayload, TResult> _task;

    internal JobLease(IJobClient client, ResultTask<TPayload, TResult> task, LeasedJob leased, LeaseRequest request) : base(client, task, leased, request) =>
        _task = task;

    /// <summary>The job is done, and this is its result; see <see cref="ILeaseClient.AckAsync"/>.</summary>
    /// <exception cref="PayloadEncodingException">The result cannot be encoded; the lease goes on.</exception>
    public ValueTask AckAsync(TResult result, CancellationToken cancellation = default) =>
        AnswerAsync(Client.Leases.AckAsync(Token, PayloadEncoder.EncodeValue(_task, result, Client.Codec, null), cancellation));
}

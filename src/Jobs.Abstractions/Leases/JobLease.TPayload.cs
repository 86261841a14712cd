namespace Jobs;

/// <summary>A job of a known task in the hand of the code that took it.</summary>
/// <typeparam name="TPayload">What the job carries.</typeparam>
public class JobLease<TPayload> : JobLease
{
    private readonly TaskDefinition<TPayload> _task;

    internal JobLease(IJobClient client, TaskDefinition<TPayload> task, LeasedJob leased, LeaseRequest request) : base(client, task, leased, request) =>
        _task = task;

    /// <summary>The payload, decoded each time it is asked for.</summary>
    /// <exception cref="PayloadDecodingException">The bytes are no such payload: <c>NackAsync</c> or <c>DeadLetterAsync</c> the job.</exception>
    /// <exception cref="PayloadEncryptionException">They are stored encrypted and cannot be decrypted.</exception>
    public TPayload Payload => PayloadEncoder.DecodePayload<TPayload>(_task, Job, Client.Codec);
}

namespace Jobs;

/// <summary>
/// What a codec implements that protects the bytes it made before they are stored. The engine calls it where bytes go to the store and
/// come from it, because only there the job is known that they belong to. Safe for many threads.
/// </summary>
/// <remarks>
/// A protector that is the service's codec protects the jobs of all tasks; one that is a task's codec those of that task, in place of the
/// service's. A job is protected as a whole, and whether it is, is decided when it is enqueued.
/// </remarks>
public interface IPayloadProtector
{
    /// <summary>
    /// Whether jobs that were stored without protection are still run and read. False refuses them, so that nobody who can write to the
    /// store can slip in what was never protected.
    /// </summary>
    bool AcceptsUnprotected { get; }

    /// <summary>Makes the bytes that are stored.</summary>
    ReadOnlyMemory<byte> Protect(ReadOnlyMemory<byte> bytes, PayloadPlace place);

    /// <summary>Gives back the bytes that were protected.</summary>
    /// <exception cref="PayloadEncryptionException">They cannot be read, or they are not what was stored in this place.</exception>
    ReadOnlyMemory<byte> Unprotect(ReadOnlyMemory<byte> stored, PayloadPlace place);

    /// <summary>
    /// 16 to 32 bytes that are the same for the same unprotected bytes and tell nobody without the key anything about them; the unique key
    /// of tasks with <see cref="TaskOptions.UniqueByPayload"/> is made of it.
    /// </summary>
    ReadOnlyMemory<byte> Fingerprint(ReadOnlyMemory<byte> bytes);
}

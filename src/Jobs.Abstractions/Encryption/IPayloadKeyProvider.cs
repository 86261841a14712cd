namespace Jobs;

/// <summary>
/// Where encryption keys come from. To rotate: make a new key current and keep the old ones findable as long as jobs are stored that were
/// encrypted with them. Called for every job, so keys that come from elsewhere are to be kept in memory. Safe for many threads.
/// </summary>
public interface IPayloadKeyProvider
{
    /// <summary>The key that new data is encrypted with.</summary>
    PayloadKey Current { get; }

    /// <summary>
    /// The key that fingerprints of payloads are made with (<see cref="TaskOptions.UniqueByPayload"/>); default the current one. Fingerprints
    /// of different keys never match: keep this one over a rotation, or equal payloads before and after it count as different.
    /// </summary>
    PayloadKey FingerprintKey => Current;

    /// <summary>The key with an id; null if it is not known.</summary>
    PayloadKey? Find(string keyId);
}

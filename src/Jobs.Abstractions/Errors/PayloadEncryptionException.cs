namespace Jobs;

/// <summary>A payload or a result cannot be decrypted; nothing is lost, and the stored bytes are as they were.</summary>
public sealed class PayloadEncryptionException(PayloadPlace place, EncryptionProblem problem, string? keyId = null)
    : JobsException($"The {(place.Part is PayloadPart.Result ? "result" : "payload")} of the job {place.Job} of '{place.Task}' {Reason(problem, keyId)}")
{
    /// <summary>Where the bytes are.</summary>
    public PayloadPlace Place { get; } = place;

    /// <summary>What is wrong.</summary>
    public EncryptionProblem Problem { get; } = problem;

    /// <summary>The id of the key that the bytes name; null if it cannot be told.</summary>
    public string? KeyId { get; } = keyId;

    private static string Reason(EncryptionProblem problem, string? keyId) => problem switch
    {
        EncryptionProblem.UnknownKey =>
            $"is encrypted with the key '{keyId}', which is not known. Give the key provider that key again, and retry the job.",
        EncryptionProblem.NotEncrypted =>
            "is not encrypted. Set AcceptUnencrypted while jobs are stored from before encryption was switched on; otherwise find out who wrote it.",
        EncryptionProblem.NoKeys =>
            "is encrypted, but no key is configured. Give the service the keys again (UseEncryption), or the task its encrypting codec.",
        _ =>
            "is not what was stored: it was changed, cut, or moved here from another job. Find out who wrote to the store, and restore it from a backup.",
    };
}

namespace Jobs;

/// <summary>Why stored bytes could not be decrypted, or could not be encrypted.</summary>
public enum EncryptionProblem
{
    /// <summary>They are encrypted with a key that the provider does not know.</summary>
    UnknownKey,

    /// <summary>They are not what was stored in this place: changed, moved from another job, or cut.</summary>
    Tampered,

    /// <summary>They are not encrypted, but the codec takes encrypted jobs only.</summary>
    NotEncrypted,

    /// <summary>They are encrypted, but neither the task's codec nor the service's decrypts.</summary>
    NoKeys,
}

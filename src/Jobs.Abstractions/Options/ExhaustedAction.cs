namespace Jobs;

/// <summary>What becomes of a job whose attempts are used up.</summary>
public enum ExhaustedAction
{
    /// <summary>It is kept as dead, with its errors, and can be retried by hand. The default.</summary>
    DeadLetter,

    /// <summary>It is discarded.</summary>
    Discard,
}

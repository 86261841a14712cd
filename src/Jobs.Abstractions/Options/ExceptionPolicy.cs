namespace Jobs;

/// <summary>What happens to a job whose handler throws.</summary>
public enum ExceptionPolicy
{
    /// <summary>The attempt failed: retry while attempts are left. The default.</summary>
    Retry,

    /// <summary>The job is dead at once, whatever attempts are left.</summary>
    DeadLetter,
}

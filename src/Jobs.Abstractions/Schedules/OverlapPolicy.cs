namespace Jobs;

/// <summary>What an occurrence does while the job of the one before it is not finished. A job between two attempts is not finished.</summary>
public enum OverlapPolicy
{
    /// <summary>It fires all the same; the jobs run side by side. The default.</summary>
    Allow,

    /// <summary>It is skipped, and does not count as a run.</summary>
    Skip,

    /// <summary>It fires and waits until the one before has finished; with one waiting already, it is skipped.</summary>
    QueueOne,
}

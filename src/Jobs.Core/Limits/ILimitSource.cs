namespace Jobs.Core;

/// <summary>Whoever shares limits out among the processes of a cluster. Without one, a process has them to itself.</summary>
internal interface ILimitSource
{
    /// <summary>
    /// A bucket wants more than it was granted, or has something to give back. Called under the limiter's lock: must only take note of it.
    /// </summary>
    void Note(LimitBucket bucket);
}

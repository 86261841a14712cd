namespace Jobs;

/// <summary>Where a worker is.</summary>
public enum WorkerPlace
{
    /// <summary>In the process of an embedded service.</summary>
    Embedded,

    /// <summary>In a silo.</summary>
    Silo,

    /// <summary>In a process outside of the silos, which reports to them.</summary>
    Outside,
}

namespace Jobs.Core;

/// <summary>The part of a job service that serves partitions in this process, as its live check sees it.</summary>
internal interface IJobsPulse
{
    /// <summary>The clock of the service.</summary>
    TimeProvider Clock { get; }

    /// <summary>The partitions that are served here now.</summary>
    IEnumerable<PartitionRunner> Served { get; }
}

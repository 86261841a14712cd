namespace Jobs.Core;

/// <summary>The way to whoever owns a partition in another process.</summary>
internal interface IPartitionGate
{
    /// <summary>Hands a report in, and returns what the owner answers.</summary>
    Task<WorkerOrders> ReportAsync(PartitionKey partition, WorkerReport report);
}

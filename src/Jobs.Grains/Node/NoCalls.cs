using Jobs.Core;

namespace Jobs.Grains.Node;

/// <summary>Before the silo is a member there is nobody else.</summary>
internal sealed class NoCalls : IWorkerCalls
{
    public string Id => "";

    public Task<IReadOnlyList<HeldJobs>> AskHeldAsync(PartitionKey partition, long epoch, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<HeldJobs>>([]);

    public bool MayLive(string worker) => true;

    public void CallSilos(PartitionKey partition)
    {
    }

    public void Forget(string worker)
    {
    }

    public void Nudge(PartitionKey partition, string worker)
    {
    }

    public Task<WorkerOrders> ReportAsync(PartitionKey partition, WorkerReport report) =>
        Task.FromException<WorkerOrders>(new InvalidOperationException("The silo is not a member yet."));
}

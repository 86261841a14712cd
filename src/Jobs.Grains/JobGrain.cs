using Jobs.Client;
using Jobs.Grains.Contracts;
using Orleans;
using Orleans.Concurrency;

namespace Jobs.Grains;

/// <summary>Passes on to the job's partition; nothing of a job is kept here, so any silo may have one, and none needs to be looked up.</summary>
[StatelessWorker]
[Reentrant]
internal sealed class JobGrain(ClusterJobClient client) : Grain, IJob
{
    public async Task<JobSnapshot?> FindAsync() => await client.FindAsync(Id);

    public async Task<JobSnapshot> WaitAsync(TimeSpan atMost) => await client.WaitWithinAsync(Id, atMost);

    public async Task<JobSnapshot> CancelAsync() => await client.ApplyAsync(Id, JobAction.Cancel);

    public async Task<JobSnapshot> RetryAsync() => await client.ApplyAsync(Id, JobAction.Retry);

    public async Task<JobSnapshot> ApplyAsync(JobActionMessage action) => await client.ApplyAsync(Id, action.ToAction());

    private JobId Id => JobId.Parse(this.GetPrimaryKeyString());
}

using Jobs.Client;
using Jobs.Grains.Contracts;
using Orleans;
using Orleans.Concurrency;

namespace Jobs.Grains;

/// <inheritdoc cref="ITask"/>
[StatelessWorker]
[Reentrant]
internal sealed class TaskGrain(ClusterJobClient client) : Grain, ITask
{
    public async Task<JobId> EnqueueAsync(ReadOnlyMemory<byte> payload, JobOptionsMessage? options) =>
        (await EnqueueAsync([new NewTaskJob { Payload = payload, Options = options }]))[0].Id;

    public async Task<JobId[]> EnqueueManyAsync(ReadOnlyMemory<byte>[] payloads, JobOptionsMessage? options) =>
        [.. (await EnqueueAsync([.. payloads.Select(payload => new NewTaskJob { Payload = payload, Options = options })])).Select(job => job.Id)];

    public async Task<EnqueuedJob[]> EnqueueBatchAsync(NewTaskJob[] jobs) =>
        [.. (await EnqueueAsync(jobs)).Select(job => new EnqueuedJob { Id = job.Id, AlreadyExisted = job.AlreadyExisted })];

    public async Task<JobSnapshot> RunAsync(ReadOnlyMemory<byte> payload, TimeSpan atMost, JobOptionsMessage? options)
    {
        var jobs = await EnqueueAsync([new NewTaskJob { Payload = payload, Options = options }], isAwaited: true);
        return await client.WaitWithinAsync(jobs[0].Id, atMost);
    }

    private Task<JobHandle[]> EnqueueAsync(NewTaskJob[] jobs, bool isAwaited = false) =>
        client.EnqueueEncodedAsync(this.GetPrimaryKeyString(), jobs, isAwaited);
}

using Jobs.Client.Workers;
using Jobs.Core;
using Jobs.Grains.Contracts;
using Jobs.Grains.Limits;
using Jobs.Grains.Node;
using Jobs.Grains.Placement;
using Jobs.Grains.Schedules;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Jobs.Grains.Hosting;

/// <inheritdoc cref="INodeService"/>
[Reentrant]
internal sealed class NodeService(GrainId id, Silo silo, ILoggerFactory log, IServiceProvider services) : GrainService(id, silo, log), INodeService
{
    // Asked for late: the silo makes its services before everything that they need is there.
    public Task NoticeScheduleAsync(ScheduleId id) => services.GetRequiredService<NodeSchedules>().NoticeAsync(id);

    public Task NoticeLimitAsync(string name)
    {
        services.GetRequiredService<LimitExchange>().Notice(name);
        return Task.CompletedTask;
    }

    public Task<LimitUseMessage[]> TellLimitAsync(string name) => Task.FromResult(services.GetRequiredService<LimitExchange>().Tell(name));

    public async Task<NodeWorkersMessage> TellWorkersAsync(bool withWaiting) =>
        NodeWorkersMessage.From(await services.GetRequiredService<SiloNode>().LookAtWorkersAsync(withWaiting));

    public Task NoticeLeavingAsync(SiloAddress silo)
    {
        services.GetRequiredService<SiloMembers>().NoteLeaving(silo);
        return Task.CompletedTask;
    }

    public Task NoticeDrainedAsync(SiloAddress silo)
    {
        services.GetRequiredService<SiloMembers>().NoteDrained(silo);
        return Task.CompletedTask;
    }

    public Task AnswerAsync() => Task.CompletedTask;

    public async Task RefreshSettingsAsync() => await services.GetRequiredService<SiloNode>().RefreshSettingsAsync(CancellationToken.None);

    public async Task<HeldJobsMessage> LetGoAsync(QueueName queue, int partition, long epoch) =>
        (await services.GetRequiredService<SiloNode>().LetGoAsync(new PartitionKey(queue, partition), epoch)).ToMessage();

    public Task ComeAsync(QueueName queue, int partition)
    {
        services.GetRequiredService<SiloNode>().Come(new PartitionKey(queue, partition));
        return Task.CompletedTask;
    }
}

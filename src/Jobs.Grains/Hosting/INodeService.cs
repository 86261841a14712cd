using Jobs.Grains.Contracts;
using Jobs.Grains.Limits;
using Orleans;
using Orleans.Runtime;
using Orleans.Services;

namespace Jobs.Grains.Hosting;

/// <summary>One silo's part of the job service, for the others.</summary>
[Alias("jobs.INodeService")]
internal interface INodeService : IGrainService
{
    /// <summary>Takes note of a schedule that was written or removed.</summary>
    [Alias("NoticeSchedule")]
    Task NoticeScheduleAsync(ScheduleId id);

    /// <summary>Goes by the settings as they are stored now.</summary>
    [Alias("RefreshSettings")]
    Task RefreshSettingsAsync();

    /// <summary>
    /// Says that a silo owns a partition under an epoch. A silo that served it before hands nothing more out before it answers; each tells what its
    /// workers have of the partition.
    /// </summary>
    [Alias("LetGo")]
    Task<HeldJobsMessage> LetGoAsync(QueueName queue, int partition, long epoch);

    /// <summary>Says that a partition has jobs which may be for the worker of this silo, or something to tell it.</summary>
    [Alias("Come")]
    Task ComeAsync(QueueName queue, int partition);

    /// <summary>Asks for its share of a limit anew: there is something for it, or others wait.</summary>
    [Alias("NoticeLimit")]
    Task NoticeLimitAsync(string name);

    /// <summary>What it holds of a limit, for a grain that is new; it uses no more than that before it has asked again.</summary>
    [Alias("TellLimit")]
    Task<LimitUseMessage[]> TellLimitAsync(string name);

    /// <summary>What it knows of workers: its own, those outside that report to it, and if wanted what waits there for one.</summary>
    [Alias("TellWorkers")]
    Task<NodeWorkersMessage> TellWorkersAsync(bool withWaiting);

    /// <summary>Takes note of a silo that is about to leave: nothing is sent to it any more.</summary>
    [Alias("NoticeLeaving")]
    Task NoticeLeavingAsync(SiloAddress silo);

    /// <summary>Takes note of a silo that leaves and on which nothing runs any more.</summary>
    [Alias("NoticeDrained")]
    Task NoticeDrainedAsync(SiloAddress silo);

    /// <summary>Answers, and does no more: it is there.</summary>
    [Alias("Answer")]
    Task AnswerAsync();
}

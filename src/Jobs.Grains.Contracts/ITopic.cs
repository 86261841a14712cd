using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>
/// A topic by its name: it knows the processes that listen to it, and forgets those that do not say so again. Clients call it through
/// <see cref="IJobClient.Topics"/>.
/// </summary>
[Alias("jobs.ITopic")]
public interface ITopic : IGrainWithStringKey
{
    /// <summary>Says that a process listens; it has to be said again every few seconds.</summary>
    /// <param name="process">The process.</param>
    /// <param name="observer">How it is reached.</param>
    [Alias("Attach")]
    Task AttachAsync(Guid process, ITopicObserver observer);

    /// <summary>Says that a process listens no more.</summary>
    [Alias("Detach")]
    Task DetachAsync(Guid process);

    /// <summary>Gives a message to every process that listens, but for the publisher's own. Must not be repeated: it would come twice.</summary>
    [Alias("Deliver")]
    Task<TopicDelivery> DeliverAsync(TopicMessage message);
}

using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>A process that listens to topics, for the grains of these topics.</summary>
[Alias("jobs.ITopicObserver")]
public interface ITopicObserver : IGrainObserver
{
    /// <summary>Gives a message to the listeners of the process.</summary>
    [Alias("Receive")]
    Task<TopicDelivery> ReceiveAsync(TopicMessage message);
}

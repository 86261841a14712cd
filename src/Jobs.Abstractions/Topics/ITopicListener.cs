namespace Jobs;

/// <summary>
/// A volatile subscription of this process. Disposing it ends it: no message reaches it from then on, what waits is dropped, the tokens of
/// running handlers fire, and they are waited for, no longer than the service's <c>StopTime</c>. A second disposal does nothing.
/// </summary>
public interface ITopicListener : IAsyncDisposable
{
    /// <summary>The topic's name.</summary>
    string Topic { get; }

    /// <summary>The listener's name among those of the topic in this process.</summary>
    string Name { get; }

    /// <summary>What it has done so far.</summary>
    TopicSubscriptionInfo Info { get; }
}

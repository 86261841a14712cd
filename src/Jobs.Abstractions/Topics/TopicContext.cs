namespace Jobs;

/// <summary>What a listener gets beside the message.</summary>
public sealed class TopicContext
{
    internal TopicContext(string topic, string subscription, string? requestId, string? user, IServiceProvider services, CancellationToken cancellation)
    {
        Topic = topic;
        Subscription = subscription;
        RequestId = requestId;
        User = user;
        Services = services;
        Cancellation = cancellation;
    }

    /// <summary>The topic's name.</summary>
    public string Topic { get; }

    /// <summary>The listener's name.</summary>
    public string Subscription { get; }

    /// <summary>The request in which the message was published; null outside one.</summary>
    public string? RequestId { get; }

    /// <summary>The user for whom it was published; null if that was not told.</summary>
    public string? User { get; }

    /// <summary>Services, in a scope of this message's own.</summary>
    public IServiceProvider Services { get; }

    /// <summary>Fires when the listener is disposed or the service stops; the publisher's own token has nothing to do with it.</summary>
    public CancellationToken Cancellation { get; }
}

namespace Jobs;

/// <summary>A topic has a listener of this name in this process already.</summary>
public sealed class DuplicateSubscriptionException(string topic, string subscription)
    : JobsException($"The topic '{topic}' has a listener '{subscription}' already. Give this one another name, or dispose the other one first.")
{
    /// <summary>The topic.</summary>
    public string Topic { get; } = topic;

    /// <summary>The name that is taken.</summary>
    public string Subscription { get; } = subscription;
}

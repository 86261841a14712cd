namespace Jobs;

/// <summary>Declares topics.</summary>
public static class Topic
{
    internal const int MaxNameChars = 100;

    /// <summary>Declares a topic, whose messages go to each of its subscriptions.</summary>
    /// <typeparam name="TMessage">What a message carries.</typeparam>
    /// <param name="name">1 to 100 ASCII letters, digits, <c>-</c>, <c>_</c>, <c>.</c> or <c>:</c>.</param>
    /// <param name="codec">How messages are written; default the service's codec.</param>
    /// <exception cref="InvalidNameException">The name is null, empty, too long, or holds another character.</exception>
    public static Topic<TMessage> Create<TMessage>(string name, IPayloadCodec? codec = null) => new(name, codec);
}

namespace Jobs.Core;

/// <summary>The listeners of this process. Who is in the table gets messages, and nobody else.</summary>
internal sealed class TopicListeners(ListenerEnvironment environment)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<TopicListener>> _byTopic = new(StringComparer.Ordinal);
    private bool _closed;

    internal IReadOnlyList<TopicListener> All
    {
        get
        {
            var byName = StringComparer.Ordinal;
            lock (_gate) return [.. _byTopic.Values.SelectMany(l => l).OrderBy(l => l.Topic, byName).ThenBy(l => l.Name, byName)];
        }
    }

    /// <summary>Raised when the first listener of a topic comes, or the last one has left.</summary>
    internal event Action? TopicsChanged;

    /// <summary>The topics that somebody listens to.</summary>
    internal IReadOnlyList<string> Topics
    {
        get
        {
            lock (_gate) return [.. _byTopic.Keys];
        }
    }

    /// <summary>Listens to a topic; see <see cref="ITopicClient.Listen"/>.</summary>
    internal TopicListener Listen<TMessage>(
        Topic<TMessage> topic, string name, Func<TMessage, TopicContext, Task> handler, ListenOptions? options, IPayloadCodec codec)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(handler);
        NameRules.Require(name, "listener", SubscriptionNames.MaxNameChars);
        var wanted = options ?? new ListenOptions();
        if (wanted.Concurrency < 1) throw new InvalidJobOptionException(nameof(wanted.Concurrency), wanted.Concurrency, "use a positive number");
        if (wanted.BufferMessages < 1) throw new InvalidJobOptionException(nameof(wanted.BufferMessages), wanted.BufferMessages, "use a positive number");
        var definition = TopicMessages.DefinitionOf(topic);
        Task HandleAsync(ReadOnlyMemory<byte> bytes, TopicContext context) =>
            handler(PayloadEncoder.Decode<TMessage>(definition, bytes, codec), context);
        return Add(topic.Name, name, () => new TopicListener(topic.Name, name, wanted, HandleAsync, Remove, environment));
    }

    /// <summary>Gives a message to every listener of a topic: how many have it, and how many had no room.</summary>
    internal (int Listeners, int Dropped) Take(string topic, ReadOnlyMemory<byte> message, string? requestId, string? user)
    {
        IReadOnlyList<TopicListener> all;
        lock (_gate) all = _byTopic.TryGetValue(topic, out var listeners) ? [.. listeners] : [];
        var taken = all.Count(listener => listener.TryTake(message, requestId, user));
        return (taken, all.Count - taken);
    }

    private TopicListener Add(string topic, string name, Func<TopicListener> make)
    {
        TopicListener listener;
        lock (_gate)
        {
            if (_closed) throw new ServiceStoppedException("listen to topics");
            if (!_byTopic.TryGetValue(topic, out var listeners)) _byTopic.Add(topic, listeners = []);
            if (listeners.Exists(l => l.Name == name)) throw new DuplicateSubscriptionException(topic, name);
            listener = make();
            listeners.Add(listener);
        }

        TopicsChanged?.Invoke();
        return listener;
    }

    private void Remove(TopicListener listener)
    {
        lock (_gate)
        {
            if (!_byTopic.TryGetValue(listener.Topic, out var listeners) || !listeners.Remove(listener) || listeners.Count > 0) return;
            _byTopic.Remove(listener.Topic);
        }

        TopicsChanged?.Invoke();
    }

    /// <summary>Ends all listeners, and lets no more in.</summary>
    internal async Task StopAsync(TimeSpan drainTime)
    {
        lock (_gate) _closed = true;
        await Task.WhenAll(All.Select(listener => listener.StopAsync(drainTime).AsTask())).ConfigureAwait(false);
    }
}

namespace Jobs.Core;

/// <summary>Topics of an engine in the same process.</summary>
internal sealed class EmbeddedTopicClient(EmbeddedEngine engine) : ITopicClient
{
    public async ValueTask<PublishReceipt> PublishAsync<TMessage>(
        Topic<TMessage> topic, TMessage message, Action<EnqueueOptions>? configure = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        engine.RequireRunning("publish messages");
        var bytes = Encode(topic, message);
        var jobs = engine.SubscriptionsOf(topic.Name)
            .Select(s => TopicMessages.ToJob(s.Task, s.Options.Copy(), topic.Codec, bytes, configure)).ToList();
        var handles = jobs.Count == 0 ? [] : await engine.Client.EnqueueAsync(jobs, cancellation).ConfigureAwait(false);
        var (listeners, dropped) = engine.Listeners.Take(topic.Name, bytes, JobRequest.Id, JobRequest.User);
        return new PublishReceipt { Jobs = handles, Listeners = listeners, Dropped = dropped };
    }

    public ITopicListener Listen<TMessage>(
        Topic<TMessage> topic, string name, Func<TMessage, TopicContext, Task> handler, ListenOptions? options = null)
    {
        engine.RequireRunning("listen to topics");
        return engine.Listeners.Listen(topic, name, handler, options, engine.Codec);
    }

    public async ValueTask SubscribeAsync<TMessage>(TopicSubscription<TMessage> subscription, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        engine.RequireRunning("subscribe");
        var setting = StoredSubscription.ToSetting(subscription, engine.Clock.GetUtcNow());
        await StoredSubscription.StoreAsync(engine.SettingStore, setting, cancellation).ConfigureAwait(false);
        await engine.RefreshSettingsAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask<bool> UnsubscribeAsync<TMessage>(
        TopicSubscription<TMessage> subscription, bool withWaitingMessages = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        engine.RequireRunning("unsubscribe");
        var name = StoredSubscription.KeyOf(subscription.Topic.Name, subscription.Name);
        var removed = await engine.SettingStore.DeleteSettingAsync(SettingKinds.Subscription, name, cancellation).ConfigureAwait(false);
        await engine.RefreshSettingsAsync(cancellation).ConfigureAwait(false);
        if (!withWaitingMessages) return removed;
        await engine.Client.ApplyAsync(TopicMessages.WaitingOf(subscription.Task), JobAction.Delete(), cancellation).ConfigureAwait(false);
        return removed;
    }

    public ValueTask<IReadOnlyList<TopicSubscriptionInfo>> ListAsync(CancellationToken cancellation = default)
    {
        engine.RequireRunning("list subscriptions");
        return new([.. engine.Subscriptions.Select(s => s.ToInfo()), .. engine.Listeners.All.Select(l => l.Info)]);
    }

    private ReadOnlyMemory<byte> Encode<TMessage>(Topic<TMessage> topic, TMessage message)
    {
        var bytes = TopicMessages.Encode(topic, message, engine.Codec);
        var most = engine.Settings.Limits.MaxPayloadBytes;
        return bytes.Length <= most ? bytes : throw new LimitExceededException(nameof(JobLimits.MaxPayloadBytes), bytes.Length, most);
    }
}

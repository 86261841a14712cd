namespace Jobs.Core;

/// <content>Topics: stored subscriptions, whose messages are jobs, and listeners in this process.</content>
public sealed partial class EmbeddedEngine
{
    private volatile IReadOnlyList<StoredSubscription> _subscriptions = [];

    internal TopicListeners Listeners { get; }

    /// <summary>The durable subscriptions, sorted by topic and name.</summary>
    internal IReadOnlyList<StoredSubscription> Subscriptions => _subscriptions;

    internal IEnumerable<StoredSubscription> SubscriptionsOf(string topic) => _subscriptions.Where(s => s.Topic == topic);

    /// <summary>Whether jobs of a task are accepted, and left alone, although this process has no handler for it.</summary>
    private bool IsLeftToOthers(string task) => _settings.Accepted.ContainsKey(task) || _subscriptions.Any(s => s.Task == task);

    private async Task DeclareSubscriptionsAsync(CancellationToken cancellation)
    {
        if (_settings.Subscriptions.Count == 0) return;
        foreach (var declare in _settings.Subscriptions)
            await StoredSubscription.StoreAsync(SettingStore, declare(Clock.GetUtcNow()), cancellation).ConfigureAwait(false);
        await _watch.RefreshAsync(cancellation).ConfigureAwait(false);
    }
}

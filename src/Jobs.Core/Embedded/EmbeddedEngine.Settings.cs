namespace Jobs.Core;

/// <content>What is stored about the service itself, such as pauses: known here before anything runs, and followed while it does.</content>
public sealed partial class EmbeddedEngine
{
    private readonly SettingsWatch _watch;
    private volatile PauseView _paused = PauseView.None;

    internal ISettingStore SettingStore => Store.Settings ?? throw new SettingsNotKeptException($"The store {Store.GetType().Name}");

    internal string? RequireKey(string option, string? text) => _terms.Require(option, text);

    /// <summary>
    /// Reads the settings again, and returns when every partition goes by them: what was handed out before is running, and nothing more is
    /// handed out that must not be.
    /// </summary>
    internal async ValueTask<IReadOnlyList<StoredSetting>> RefreshSettingsAsync(CancellationToken cancellation)
    {
        await _watch.RefreshAsync(cancellation).ConfigureAwait(false);
        await PassBarrierAsync().WaitAsync(cancellation).ConfigureAwait(false);
        return _watch.Settings;
    }

    private async ValueTask<bool> FirstLookAtSettingsAsync(CancellationToken cancellation)
    {
        await _watch.RefreshAsync(cancellation).ConfigureAwait(false);
        return true;
    }

    private async ValueTask<bool> DeclareLimitsAsync(CancellationToken cancellation)
    {
        if (_settings.RunLimits.Count == 0) return false;
        if (!await LimitBook.DeclareAsync(SettingStore, _settings.RunLimits, Clock.GetUtcNow(), cancellation).ConfigureAwait(false)) return false;
        return await FirstLookAtSettingsAsync(cancellation).ConfigureAwait(false);
    }

    private void OnSettingsChanged()
    {
        _paused = new PauseView(_watch.Settings);
        _limiter.Update(_watch.Settings);
        _subscriptions = StoredSubscription.AllOf(_watch.Settings);
        WakeAll();
    }

    private bool IsPaused(QueueName queue, string task) => _paused.Stops(queue, task, _settings.Registry);
}

using Jobs.Core;

namespace Jobs.Grains.Node;

/// <content>What is stored about the service itself, such as pauses.</content>
internal sealed partial class SiloNode
{
    private readonly SettingsWatch _watch;
    private volatile bool _knowsSettings;
    private volatile PauseView _paused = PauseView.None;

    internal ISettingStore SettingStore => Store.Settings ?? throw new SettingsNotKeptException($"The store {Store.GetType().Name}");

    /// <summary>Reads the settings again, and returns when every partition on this silo goes by them.</summary>
    internal async ValueTask<IReadOnlyList<StoredSetting>> RefreshSettingsAsync(CancellationToken cancellation)
    {
        await _watch.RefreshAsync(cancellation).ConfigureAwait(false);
        await PassBarrierAsync([.. _hosted.Values]).WaitAsync(cancellation).ConfigureAwait(false);
        return _watch.Settings;
    }

    /// <summary>Before the first partition is served; from then on the others tell what changes, and the renewals of the lease look.</summary>
    private async ValueTask KnowSettingsAsync(CancellationToken cancellation)
    {
        if (_knowsSettings) return;
        await _watch.RefreshAsync(cancellation).ConfigureAwait(false);
        _knowsSettings = true;
    }

    /// <summary>A limit by its name, as far as this silo knows.</summary>
    internal StoredLimit? FindLimit(string name) => Limiter.View.All.FirstOrDefault(limit => limit.Limit.Name == name);

    /// <summary>Looks for limits that this silo has not been told of.</summary>
    internal ValueTask RefreshLimitsAsync() => _watch.RefreshAsync(CancellationToken.None);

    /// <summary>Stores the limits that the code declares; all silos do so.</summary>
    internal async ValueTask DeclareLimitsAsync(CancellationToken cancellation)
    {
        if (Settings.RunLimits.Count == 0) return;
        await LimitBook.DeclareAsync(SettingStore, Settings.RunLimits, Clock.GetUtcNow(), cancellation).ConfigureAwait(false);
        await _watch.RefreshAsync(cancellation).ConfigureAwait(false);
    }

    private void OnSettingsChanged()
    {
        _paused = new PauseView(_watch.Settings);
        Limiter.Update(_watch.Settings);
        NoteSubscriptions();
        WakeAll();
    }
}

namespace Jobs.Core;

/// <summary>
/// The stored settings as this process knows them. Whoever hosts partitions refreshes it before it serves the first one, after a change of
/// its own, when another process tells of one, and now and then in case that was not heard.
/// </summary>
/// <param name="store">Where they are; null if the store keeps none.</param>
internal sealed class SettingsWatch(ISettingStore? store)
{
    private readonly Lock _gate = new();
    private long _looks;
    private long _shown;
    private volatile IReadOnlyList<StoredSetting> _settings = [];

    /// <summary>Raised when something has changed, outside any lock.</summary>
    internal event Action? Changed;

    internal IReadOnlyList<StoredSetting> Settings => _settings;

    /// <summary>Reads the settings again. What was written before this was called is known when it returns.</summary>
    internal async ValueTask RefreshAsync(CancellationToken cancellation)
    {
        if (store is null) return;
        var look = Interlocked.Increment(ref _looks);
        var read = await store.ListSettingsAsync(cancellation).ConfigureAwait(false);
        lock (_gate)
        {
            // A look that began later has seen all that this one was asked for, and this one may have missed what that one saw.
            if (look < _shown) return;
            _shown = look;
            if (read.SequenceEqual(_settings)) return;
            _settings = read;
        }

        Changed?.Invoke();
    }
}

namespace Jobs.Core;

/// <summary>Pauses and resumes by writing settings; any number of processes may have one on the same store.</summary>
/// <param name="store">Where the settings are.</param>
/// <param name="clock">The time.</param>
/// <param name="refresh">Has everybody go by the settings as they are stored now, and returns them.</param>
internal sealed class PauseBook(
    ISettingStore store, TimeProvider clock, Func<CancellationToken, ValueTask<IReadOnlyList<StoredSetting>>> refresh)
{
    internal async ValueTask<Pause> PauseAsync(PauseTarget target, string? reason, string? by, CancellationToken cancellation)
    {
        var setting = new StoredSetting(PauseView.KindOf(target), target.Name) { Value = reason, ChangedAt = clock.GetUtcNow(), ChangedBy = by };
        while (true)
        {
            var added = await store.AddSettingAsync(setting, cancellation).ConfigureAwait(false);
            var stored = await refresh(cancellation).ConfigureAwait(false);
            if (stored.FirstOrDefault(s => s.Kind == setting.Kind && s.Name == setting.Name) is { } paused) return PauseView.ToPause(paused);

            // Resumed by somebody else between the two calls: after this call's pause, or before it could be made.
            if (added) return PauseView.ToPause(setting);
        }
    }

    internal async ValueTask<bool> ResumeAsync(PauseTarget target, CancellationToken cancellation)
    {
        var wasPaused = await store.DeleteSettingAsync(PauseView.KindOf(target), target.Name, cancellation).ConfigureAwait(false);
        await refresh(cancellation).ConfigureAwait(false);
        return wasPaused;
    }

    internal async ValueTask<IReadOnlyList<Pause>> ListAsync(CancellationToken cancellation)
    {
        var settings = await store.ListSettingsAsync(cancellation).ConfigureAwait(false);
        return [.. settings.Where(PauseView.IsPause).Select(PauseView.ToPause)];
    }
}

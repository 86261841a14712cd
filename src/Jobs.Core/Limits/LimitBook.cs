namespace Jobs.Core;

/// <summary>Sets and removes limits by writing settings; any number of processes may have one on the same store.</summary>
/// <param name="store">Where the settings are.</param>
/// <param name="clock">The time.</param>
/// <param name="refresh">Has everybody go by the settings as they are stored now, and returns them.</param>
internal sealed class LimitBook(
    ISettingStore store, TimeProvider clock, Func<CancellationToken, ValueTask<IReadOnlyList<StoredSetting>>> refresh)
{
    internal async ValueTask<RunLimitInfo> SetAsync(RunLimit limit, string? by, CancellationToken cancellation)
    {
        limit.Checked();
        var stored = await FindAsync(limit.Name, cancellation).ConfigureAwait(false);
        if (stored is not null && StoredLimit.TextOf(StoredLimit.From(stored).Limit) == StoredLimit.TextOf(limit)) return StoredLimit.From(stored).ToInfo();

        // What code declared stays with it, so that an operator's change outlives the next start.
        var setting = StoredLimit.ToSetting(limit, stored is null ? null : StoredLimit.DeclaredIn(stored), clock.GetUtcNow(), by);
        await store.PutSettingAsync(setting, cancellation).ConfigureAwait(false);
        await refresh(cancellation).ConfigureAwait(false);
        return StoredLimit.From(setting).ToInfo();
    }

    internal async ValueTask<bool> RemoveAsync(string name, CancellationToken cancellation)
    {
        var was = await store.DeleteSettingAsync(SettingKinds.Limit, RunLimit.RequireName(name), cancellation).ConfigureAwait(false);
        await refresh(cancellation).ConfigureAwait(false);
        return was;
    }

    internal async ValueTask<IReadOnlyList<RunLimitInfo>> ListAsync(CancellationToken cancellation)
    {
        var settings = await store.ListSettingsAsync(cancellation).ConfigureAwait(false);
        return [.. StoredLimit.AllOf(settings).Select(limit => limit.ToInfo())];
    }

    /// <summary>Stores what the code declares, however many nodes do so at once, unless it was declared just so before.</summary>
    /// <returns>True if anything was written.</returns>
    internal static async ValueTask<bool> DeclareAsync(
        ISettingStore store, IReadOnlyList<RunLimit> limits, DateTimeOffset now, CancellationToken cancellation)
    {
        var settings = await store.ListSettingsAsync(cancellation).ConfigureAwait(false);
        var written = false;
        foreach (var limit in limits)
        {
            var stored = settings.FirstOrDefault(s => s.Kind == SettingKinds.Limit && s.Name == limit.Name);
            if (stored is not null && StoredLimit.From(stored).Declaration == StoredLimit.TextOf(limit)) continue;
            await store.PutSettingAsync(StoredLimit.ToSetting(limit, limit, now, null), cancellation).ConfigureAwait(false);
            written = true;
        }

        return written;
    }

    private async ValueTask<StoredSetting?> FindAsync(string name, CancellationToken cancellation)
    {
        var settings = await store.ListSettingsAsync(cancellation).ConfigureAwait(false);
        return settings.FirstOrDefault(s => s.Kind == SettingKinds.Limit && s.Name == name);
    }
}

namespace Jobs.Core;

/// <content>Settings beside the jobs.</content>
public sealed partial class InMemoryJobStore : ISettingStore
{
    private static readonly IComparer<(string Kind, string Name)> SettingOrder = Comparer<(string Kind, string Name)>.Create((a, b) =>
        string.CompareOrdinal(a.Kind, b.Kind) is var kinds and not 0 ? kinds : string.CompareOrdinal(a.Name, b.Name));

    private readonly SortedDictionary<(string Kind, string Name), StoredSetting> _settings = new(SettingOrder);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredSetting>> ListSettingsAsync(CancellationToken cancellation)
    {
        lock (_settings) return new([.. _settings.Values]);
    }

    /// <inheritdoc/>
    public ValueTask<bool> AddSettingAsync(StoredSetting setting, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(setting);
        lock (_settings) return new(_settings.TryAdd((setting.Kind, setting.Name), setting));
    }

    /// <inheritdoc/>
    public ValueTask PutSettingAsync(StoredSetting setting, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(setting);
        lock (_settings) _settings[(setting.Kind, setting.Name)] = setting;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteSettingAsync(string kind, string name, CancellationToken cancellation)
    {
        lock (_settings) return new(_settings.Remove((kind, name)));
    }
}

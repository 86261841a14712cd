namespace Jobs.Core;

/// <summary>Where settings are kept: few, written seldom, read whole. Passive, and safe for many threads and processes.</summary>
public interface ISettingStore
{
    /// <summary>Reads every setting, sorted by kind and then by name, by their characters' codes.</summary>
    ValueTask<IReadOnlyList<StoredSetting>> ListSettingsAsync(CancellationToken cancellation);

    /// <summary>Adds a setting unless there is one of its kind and name.</summary>
    /// <returns>False, with nothing changed, if there is one. After an exception nobody knows: read them again.</returns>
    ValueTask<bool> AddSettingAsync(StoredSetting setting, CancellationToken cancellation);

    /// <summary>Writes a setting, whether or not there is one of its kind and name.</summary>
    ValueTask PutSettingAsync(StoredSetting setting, CancellationToken cancellation);

    /// <summary>Removes a setting.</summary>
    /// <returns>False if there was none.</returns>
    ValueTask<bool> DeleteSettingAsync(string kind, string name, CancellationToken cancellation);
}

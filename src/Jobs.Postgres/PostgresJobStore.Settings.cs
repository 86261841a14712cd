using Jobs.Core;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <content>Settings beside the jobs.</content>
public sealed partial class PostgresJobStore : ISettingStore
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StoredSetting>> ListSettingsAsync(CancellationToken cancellation)
    {
        await MigrateOnceAsync(cancellation).ConfigureAwait(false);
        return await QueryAsync(_sql.ListSettings, _ => { }, ReadSetting, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> AddSettingAsync(StoredSetting setting, CancellationToken cancellation) =>
        await WriteSettingAsync(_sql.AddSetting, setting, cancellation).ConfigureAwait(false) == 1;

    /// <inheritdoc/>
    public async ValueTask PutSettingAsync(StoredSetting setting, CancellationToken cancellation) =>
        await WriteSettingAsync(_sql.PutSetting, setting, cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteSettingAsync(string kind, string name, CancellationToken cancellation)
    {
        await MigrateOnceAsync(cancellation).ConfigureAwait(false);
        var deleted = await ExecuteAsync(
            _sql.DeleteSetting,
            p =>
            {
                p.AddWithValue("kind", kind);
                p.AddWithValue("name", name);
            },
            cancellation).ConfigureAwait(false);
        return deleted == 1;
    }

    private async ValueTask<int> WriteSettingAsync(string sql, StoredSetting setting, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(setting);
        await MigrateOnceAsync(cancellation).ConfigureAwait(false);
        return await ExecuteAsync(
            sql,
            p =>
            {
                p.AddWithValue("kind", setting.Kind);
                p.AddWithValue("name", setting.Name);
                Add(p, "value", NpgsqlDbType.Text, setting.Value);
                p.AddWithValue("changed_at", setting.ChangedAt.UtcDateTime);
                Add(p, "changed_by", NpgsqlDbType.Text, setting.ChangedBy);
            },
            cancellation).ConfigureAwait(false);
    }

    private static StoredSetting ReadSetting(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1))
    {
        Value = row.IsDBNull(2) ? null : row.GetString(2),
        ChangedAt = row.GetFieldValue<DateTimeOffset>(3),
        ChangedBy = row.IsDBNull(4) ? null : row.GetString(4),
    };
}

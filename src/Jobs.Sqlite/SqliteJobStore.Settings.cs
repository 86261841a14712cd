using Jobs.Core;

namespace Jobs.Sqlite;

/// <content>Settings beside the jobs.</content>
public sealed partial class SqliteJobStore : ISettingStore
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StoredSetting>> ListSettingsAsync(CancellationToken cancellation) =>
        await ReadAsync(session => Rows(session["list_settings"], ReadSetting), cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<bool> AddSettingAsync(StoredSetting setting, CancellationToken cancellation) => WriteAsync("add_setting", setting, cancellation);

    /// <inheritdoc/>
    public async ValueTask PutSettingAsync(StoredSetting setting, CancellationToken cancellation) =>
        await WriteAsync("put_setting", setting, cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<bool> DeleteSettingAsync(string kind, string name, CancellationToken cancellation) => WriteAsync(
        session =>
        {
            var delete = session["delete_setting"];
            delete.Bind(delete.IndexOf("kind"), kind);
            delete.Bind(delete.IndexOf("name"), name);
            return delete.Execute() == 1;
        },
        cancellation);

    private ValueTask<bool> WriteAsync(string statement, StoredSetting setting, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(setting);
        return WriteAsync(
            session =>
            {
                var write = session[statement];
                write.Bind(write.IndexOf("kind"), setting.Kind);
                write.Bind(write.IndexOf("name"), setting.Name);
                write.Bind(write.IndexOf("value"), setting.Value);
                write.Bind(write.IndexOf("changed_at"), Times.Of(setting.ChangedAt));
                write.Bind(write.IndexOf("changed_by"), setting.ChangedBy);
                return write.Execute() == 1;
            },
            cancellation);
    }

    private static StoredSetting ReadSetting(Statement row) => new(row.Text(0)!, row.Text(1)!)
    {
        Value = row.Text(2),
        ChangedAt = Times.From(row.Int64(3)),
        ChangedBy = row.Text(4),
    };
}

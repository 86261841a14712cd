using Jobs.Core;
using Microsoft.Data.Sqlite;

namespace Jobs.Sqlite.Tests;

public sealed class SqliteMigrationTests : IDisposable
{
    private static readonly string[] All = ["0001_jobs", "0002_opening", "0003_history", "0005_schedules", "0006_settings", "0007_limits", "0008_payloads"];

    private static readonly PartitionKey Home = new("q", 0);

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Migrating_twice_applies_each_migration_once()
    {
        Assert.Equal(All, await Migrator.MigrateAsync(_folder["jobs.db"]));
        Assert.Empty(await Migrator.MigrateAsync(_folder["jobs.db"]));
    }

    [Fact]
    public async Task Of_many_that_migrate_at_once_one_does_it()
    {
        var runs = Enumerable.Range(0, 8).Select(_ => Task.Run(() => Migrator.MigrateAsync(_folder["jobs.db"])));
        var applied = await Task.WhenAll(runs).WaitAsync(TimeSpan.FromSeconds(180));
        Assert.Equal(All, applied.SelectMany(names => names));
    }

    [Fact]
    public async Task Stores_that_start_at_once_on_a_new_file_all_work()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => new SqliteJobStore(_folder["jobs.db"])).ToList();
        var epochs = await Task.WhenAll(stores.Select(s => s.OwnAsync(Home, "owner", default).AsTask())).WaitAsync(TimeSpan.FromSeconds(180));
        Assert.Equal([1L, 2, 3, 4], epochs.Select(o => o.Epoch).Order());
        foreach (var store in stores) await store.DisposeAsync();
    }

    [Fact]
    public async Task A_migration_that_is_not_the_one_applied_is_an_error()
    {
        await Migrator.MigrateAsync(_folder["jobs.db"]);
        using (var connection = new SqliteConnection($"Data Source={_folder["jobs.db"]};Pooling=false"))
        {
            connection.Open();
            using var command = new SqliteCommand("update migration set checksum = 'other'", connection);
            command.ExecuteNonQuery();
        }

        var changed = await Assert.ThrowsAsync<MigrationChangedException>(() => Migrator.MigrateAsync(_folder["jobs.db"]));
        Assert.Equal("0001_jobs", changed.Migration);
        await using var store = new SqliteJobStore(_folder["jobs.db"]);
        await Assert.ThrowsAsync<MigrationChangedException>(async () => await store.OwnAsync(Home, "owner", default));
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused()
    {
        await Migrator.MigrateAsync(_folder["jobs.db"]);
        using (var connection = new SqliteConnection($"Data Source={_folder["jobs.db"]};Pooling=false"))
        {
            connection.Open();
            using var command = new SqliteCommand("insert into migration (name, checksum) values ('9999_later', '')", connection);
            command.ExecuteNonQuery();
        }

        var refused = await Assert.ThrowsAsync<JobFileException>(() => Migrator.MigrateAsync(_folder["jobs.db"]));
        Assert.Equal(JobFileProblem.NewerVersion, refused.Problem);
        await using var store = new SqliteJobStore(_folder["jobs.db"], new SqliteOptions { MigrateAtStart = false });
        refused = await Assert.ThrowsAsync<JobFileException>(async () => await store.OwnAsync(Home, "owner", default));
        Assert.Contains("later one", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_not_to_migrate_says_what_to_do()
    {
        var options = new SqliteOptions { MigrateAtStart = false };
        await using var store = new SqliteJobStore(_folder["jobs.db"], options);
        var refused = await Assert.ThrowsAsync<JobFileException>(async () => await store.OwnAsync(Home, "owner", default));
        Assert.Equal(JobFileProblem.NotMigrated, refused.Problem);
        Assert.Contains("Migrator.MigrateAsync", refused.Message, StringComparison.Ordinal);
        await Migrator.MigrateAsync(_folder["jobs.db"]);
        Assert.Equal(1, (await store.OwnAsync(Home, "owner", default)).Epoch);
    }

    public void Dispose() => _folder.Dispose();
}

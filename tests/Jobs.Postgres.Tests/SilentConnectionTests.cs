using Jobs.Conformance;
using Jobs.Conformance.Comparison;
using Jobs.Core;
using Jobs.Testing;
using Npgsql;

namespace Jobs.Postgres.Tests;

/// <summary>
/// Commits of one job keep their connection. One that was silent for long may be gone without anybody having been told, so it is not used
/// again; one that was used a moment ago is, and if it is gone, what became of the commit is found out under a new epoch.
/// </summary>
public sealed class SilentConnectionTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly PartitionKey Home = new("q", 0);

    private readonly string _schema = PostgresFixture.NewSchema();
    private readonly ManualTimeProvider _clock = new(DateTimeOffset.UnixEpoch);
    private readonly StoredJobs _jobs = new();
    private PostgresJobStore? _store;
    private NpgsqlDataSource? _database;

    public async ValueTask InitializeAsync()
    {
        _database = NpgsqlDataSource.Create(postgres.Require());
        var connection = new NpgsqlConnectionStringBuilder(postgres.Require()) { ApplicationName = _schema }.ConnectionString;
        _store = new PostgresJobStore(connection, new PostgresOptions { Schema = _schema }, _clock);
        await _store.OwnAsync(Home, "owner", default);
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
        await postgres.DropAsync(_schema);
    }

    [Theory]
    [InlineData(59, 2)]
    [InlineData(61, 1)]
    public async Task One_that_was_silent_for_a_minute_is_replaced(int silentSeconds, long epochAfterwards)
    {
        await CommitAsync();
        await ScalarAsync($"select pg_terminate_backend(pid) from pg_stat_activity where application_name = '{_schema}' and query like '%with fence%'");
        _clock.Advance(TimeSpan.FromSeconds(silentSeconds));

        await CommitAsync();

        Assert.Equal(epochAfterwards, await ScalarAsync($"select epoch from {_schema}.intake"));
        Assert.Equal(2L, await ScalarAsync($"select count(*) from {_schema}.job"));
    }

    [Fact]
    public async Task The_first_one_is_made_for_an_owner_before_its_first_commit()
    {
        await WhenOneIsThereAsync().Soon();
        await CommitAsync();
        Assert.Equal(1L, await ConnectionsAsync());
    }

    private async Task WhenOneIsThereAsync()
    {
        while (await ConnectionsAsync() is 0L)
        {
        }
    }

    private Task<object?> ConnectionsAsync() =>
        ScalarAsync($"select count(*) from pg_stat_activity where application_name = '{_schema}' and query like '%with fence%'");

    private async Task CommitAsync() => Assert.IsType<CommitVerdict.Committed>(
        (await _store!.CommitAsync([new Unit([StoredJobs.Insert(_jobs.New())])], default).AsTask().Soon())[0]);

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = _database!.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}

using Jobs.Conformance;
using Jobs.Postgres.Tests;
using Npgsql;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Jobs that are enqueued in a transaction of the caller's reach whichever silo serves their partition, or is to.</summary>
public sealed class TransactionTests(PostgresFixture postgres) : IAsyncDisposable
{
    private static readonly ResultTask<int, int> Double = ResultTask.Create<int, int>("double");

    private readonly PostgresClusterFixture _fixture = new(postgres);
    private ITestEngine? _silos;

    public async ValueTask DisposeAsync()
    {
        if (_silos is not null) await _silos.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task A_transaction_that_commits_leaves_its_jobs_on_all_silos_and_one_that_rolls_back_leaves_none()
    {
        _silos = _fixture.Create(
            jobs => jobs.Queue("spread", q => q.Partitions = 6).Handle(Double, (n, _) => Task.FromResult(2 * n)), TimeProvider.System, null);
        await _silos.StartAsync().Soon();
        var client = _silos.Client;
        await using var connection = new NpgsqlConnection(postgres.Require());
        await connection.OpenAsync();
        await using (var undone = await connection.BeginTransactionAsync())
        {
            await client.InTransaction(undone, _fixture.Schema).EnqueueAsync(Double, 1);
            await undone.RollbackAsync();
        }

        IReadOnlyList<JobHandle<int>> handles;
        JobHandle<int> far;
        await using (var kept = await connection.BeginTransactionAsync())
        {
            var bound = client.InTransaction(kept, _fixture.Schema);
            handles = await bound.EnqueueManyAsync(Double, [.. Enumerable.Range(0, 60)], o => o.On("spread"));
            far = await bound.EnqueueAsync(Double, 1, o => o.On("spread").After(TimeSpan.FromDays(1)));
            await kept.CommitAsync();
        }

        Assert.Equal(JobState.Cancelled, (await far.CancelAsync().Soon()).State);
        Assert.Equal(6, handles.Select(h => h.Id.Partition).Distinct().Count());
        for (var i = 0; i < handles.Count; i++) Assert.Equal(2 * i, await handles[i].ResultAsync().Soon());
        Assert.Equal((60L, 1L), ((await client.CountAsync().Soon()).Completed, (await client.CountAsync().Soon()).Cancelled));
    }
}

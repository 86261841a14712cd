using Jobs.Conformance;
using Jobs.Core;
using Jobs.Postgres.Tests;
using Npgsql;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Batches over partitions of several silos that have connections of their own to one database.</summary>
public sealed class AcrossTests(PostgresFixture postgres) : IAsyncDisposable
{
    private const int Partitions = 12;
    private const int Batches = 20;

    private static readonly TaskDefinition<int> Count = TaskDefinition.Create<int>("count");
    private readonly string _schema = PostgresFixture.NewSchema();
    private readonly Recording<int> _runs = new();

    public ValueTask DisposeAsync() => postgres.DropAsync(_schema);

    [Fact]
    public async Task A_batch_over_the_partitions_of_three_silos_is_committed_at_once_and_no_owner_leaves()
    {
        await using var silos = new TestSilos(
            jobs => jobs
                .UsePostgres(postgres.Require(), options => options.Schema = _schema)
                .Queue("wide", q => q.Partitions = Partitions)
                .Handle(Count, (n, _) =>
                {
                    _runs.Add(n);
                    return Task.CompletedTask;
                }),
            () => throw new InvalidOperationException("The store is PostgreSQL."),
            TimeProvider.System);
        await silos.StartAsync().Soon();
        await EnqueueAsync(silos, 0);
        var before = await EpochsAsync();
        Assert.Equal(Partitions, before.Count);
        Assert.True(silos.Nodes.Count(node => node.Hosted.Any()) > 1, "All partitions are on one silo.");
        await Task.WhenAll(Enumerable.Range(1, Batches - 1).Select(batch => EnqueueAsync(silos, batch * Partitions))).Soon();
        await _runs.Reaches(Batches * Partitions).Soon();
        Assert.Equal(Enumerable.Range(0, Batches * Partitions), _runs.Items.Order());
        Assert.Equal(before, await EpochsAsync());
    }

    private static async Task EnqueueAsync(TestSilos silos, int first)
    {
        var handles = await silos.Client.EnqueueManyAsync(Count, [.. Enumerable.Range(first, Partitions)], job => job.Queue = "wide").Soon();
        Assert.Equal(Partitions, handles.Select(handle => handle.Id.Partition).Distinct().Count());
    }

    private async Task<List<long>> EpochsAsync()
    {
        await using var database = NpgsqlDataSource.Create(postgres.Require());
        await using var command = database.CreateCommand($"select epoch from {_schema}.partition where queue = 'wide' order by number");
        await using var reader = await command.ExecuteReaderAsync();
        var epochs = new List<long>();
        while (await reader.ReadAsync()) epochs.Add(reader.GetInt64(0));
        return epochs;
    }
}

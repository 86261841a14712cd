using Jobs.Conformance;
using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres.Tests;

/// <summary>A process that is frozen in the middle of a commit keeps its locks. Whoever takes its partitions over does not wait for it.</summary>
public sealed class SilentOwnerTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly PartitionKey Partition = new("default", 0);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private readonly string _schema = PostgresFixture.NewSchema();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => postgres.DropAsync(_schema);

    [Fact]
    public async Task A_claim_ends_the_session_of_an_owner_that_was_frozen_in_the_middle_of_a_commit()
    {
        await using var store = new PostgresJobStore(postgres.Require(), new PostgresOptions { Schema = _schema });
        await store.ClaimAsync(Partition, new OwnershipClaim("frozen", Lease), default);
        await using var frozen = new NpgsqlConnection(postgres.Require());
        await frozen.OpenAsync();
        await using var commit = await frozen.BeginTransactionAsync();
        await ExecuteAsync(frozen, $"select {_schema}.require_epochs(array[id], array[epoch], array[0], array[1]) from {_schema}.partition");

        var claim = await store.ClaimAsync(Partition, new OwnershipClaim("next", Lease, EvenIfHeld: true), default).AsTask().Soon();

        Assert.IsType<PartitionClaim.Granted>(claim);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => commit.CommitAsync());
    }

    [Fact]
    public async Task A_silent_session_that_holds_nobody_up_stays()
    {
        await using var store = new PostgresJobStore(postgres.Require(), new PostgresOptions { Schema = _schema });
        await store.ClaimAsync(Partition, new OwnershipClaim("frozen", Lease), default);
        await using var frozen = new NpgsqlConnection(postgres.Require());
        await frozen.OpenAsync();
        await using var commit = await frozen.BeginTransactionAsync();
        await ExecuteAsync(frozen, $"select {_schema}.require_epochs(array[id], array[epoch], array[0], array[1]) from {_schema}.partition");
        await using var bystander = new NpgsqlConnection(postgres.Require());
        await bystander.OpenAsync();
        await using var own = await bystander.BeginTransactionAsync();
        await ExecuteAsync(bystander, $"select count(*) from {_schema}.job");

        await store.ClaimAsync(Partition, new OwnershipClaim("next", Lease, EvenIfHeld: true), default).AsTask().Soon();

        await own.CommitAsync();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteScalarAsync();
    }
}

using Jobs.Conformance;
using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres.Tests.Transactions;

/// <summary>The answer to the commit of a transactional handler is lost after the commit took place (rule I9).</summary>
public sealed class HandlerLostAnswerTests : IAsyncLifetime
{
    private const string Schema = "jobs";

    private static readonly TaskDefinition<string> Charge = TaskDefinition.Create<string>("charge");
    private static readonly TaskDefinition<string> Plain = TaskDefinition.Create<string>("plain");

    private ThrowawayPostgres? _server;

    public async ValueTask InitializeAsync()
    {
        // Nobody is the standby that a commit waits for which asks for one, so such a commit stops after it took place and before it is answered.
        _server = await ThrowawayPostgres.StartAsync("-c fsync=off -c synchronous_standby_names=nobody -c synchronous_commit=local");
        if (_server is null || !_server.IsOwn) Assert.Skip("PostgreSQL is not installed, and another's server must not be set up like this.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    [Fact]
    public async Task It_is_found_out_and_the_handler_does_not_run_again()
    {
        var wrote = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var database = NpgsqlDataSource.Create(_server!.ConnectionString);
        await using var engine = await EmbeddedJobs.StartAsync(jobs => jobs
            .UsePostgres(_server.ConnectionString, o => o.Schema = Schema)
            .Handle(Plain, (_, _) => Task.CompletedTask)
            .HandleInTransaction(Charge, async (name, transaction, _) =>
            {
                await using var write = new NpgsqlCommand(
                    $"set local synchronous_commit = on; insert into {Schema}.orders values ('{name}')", transaction.Connection, transaction);
                await write.ExecuteNonQueryAsync();
                wrote.SetResult(transaction.Connection!.ProcessID);
            }));
        await ExecuteAsync(database, $"create table {Schema}.orders (name text)");
        var handle = await engine.Client.EnqueueAsync(Charge, "a");
        var process = await wrote.Task.Soon();
        await WhenWaitingAsync(database, process).Soon();
        await ExecuteAsync(database, $"select pg_terminate_backend({process})");

        var ended = await handle.WaitAsync().Soon();
        Assert.Equal((JobState.Completed, 1, 0), (ended.State, ended.Deliveries, ended.Failures));
        await using var count = database.CreateCommand($"select count(*) from {Schema}.orders");
        Assert.Equal(1L, await count.ExecuteScalarAsync());

        // The partition goes on under the ownership that it had.
        await engine.Client.RunAsync(Plain, "x").AsTask().Soon();
        Assert.True(engine.Health.IsHealthy);
    }

    private static async Task WhenWaitingAsync(NpgsqlDataSource database, int process)
    {
        await using var look = database.CreateCommand($"select wait_event = 'SyncRep' from pg_stat_activity where pid = {process}");
        while (await look.ExecuteScalarAsync() is not true) await Task.Yield();
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}

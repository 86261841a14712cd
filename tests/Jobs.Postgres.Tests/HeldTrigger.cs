using System.Globalization;
using Npgsql;

namespace Jobs.Postgres.Tests;

/// <summary>Stops whoever changes certain rows, in the middle of the statement, for as long as a test wants.</summary>
internal sealed class HeldTrigger : IAsyncDisposable
{
    private static int _last = 7_000;

    private readonly NpgsqlDataSource _database;
    private readonly NpgsqlConnection _holder;
    private readonly int _lock;

    private HeldTrigger(NpgsqlDataSource database, NpgsqlConnection holder, int number) => (_database, _holder, _lock) = (database, holder, number);

    /// <summary>Makes a trigger, which holds nobody yet.</summary>
    /// <param name="database">Where.</param>
    /// <param name="schema">The schema that stands for {schema}.</param>
    /// <param name="when">What a trigger's definition says between its name and its function.</param>
    internal static async Task<HeldTrigger> CreateAsync(NpgsqlDataSource database, string schema, string when)
    {
        var number = Interlocked.Increment(ref _last);
        await using var create = database.CreateCommand(string.Create(CultureInfo.InvariantCulture, $$"""
            create function {{schema}}.hold_{{number}}() returns trigger language plpgsql as $$ begin
              perform pg_advisory_xact_lock(0, {{number}});
              return new;
            end $$;
            create trigger hold_{{number}} {{when.Replace("{schema}", schema, StringComparison.Ordinal)}} execute function {{schema}}.hold_{{number}}();
            """));
        await create.ExecuteNonQueryAsync();
        return new HeldTrigger(database, await database.OpenConnectionAsync(), number);
    }

    public ValueTask DisposeAsync() => _holder.DisposeAsync();

    internal Task HoldAsync() => ExecuteAsync("pg_advisory_lock");

    internal Task LetGoAsync() => ExecuteAsync("pg_advisory_unlock");

    /// <summary>Completes when somebody is held.</summary>
    internal async Task WhenWaitingAsync()
    {
        await using var look = _database.CreateCommand(string.Create(
            CultureInfo.InvariantCulture, $"select 1 from pg_locks where locktype = 'advisory' and objsubid = 2 and objid = {_lock} and not granted"));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await look.ExecuteScalarAsync(patience.Token) is null)
        {
        }
    }

    private async Task ExecuteAsync(string function)
    {
        await using var command = new NpgsqlCommand(string.Create(CultureInfo.InvariantCulture, $"select {function}(0, {_lock})"), _holder);
        await command.ExecuteNonQueryAsync();
    }
}

using System.Diagnostics;
using Jobs.Bench;
using Jobs.Postgres.Tests;
using Npgsql;

namespace Jobs.Cluster.Bench;

/// <summary>Measures what a cluster costs that has nothing to do.</summary>
internal static class IdleBench
{
    private const int Callers = 16;
    private const int DearestStatements = 12;

    internal static async Task RunAsync(IdleOptions options, CancellationToken stop)
    {
        await using var server = await ThrowawayPostgres.StartAsync("-c shared_preload_libraries=pg_stat_statements");
        if (server is null || !server.IsOwn)
            throw new FormatException("PostgreSQL is not installed here, and the statements of another one cannot be counted.");
        var bench = ClusterBenchOptions.Parse([]).On(server.ConnectionString);
        await using var cluster = await ClusterBenchStore.StartAsync(bench, options.Silos, stop, countsCompletions: false);
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        await using (var create = database.CreateCommand("create extension pg_stat_statements")) await create.ExecuteNonQueryAsync(stop);
        await FillAsync(cluster, options, stop);
        await Task.Delay(TimeSpan.FromSeconds(options.SettleSeconds), TimeProvider.System, stop);

        await using (var reset = database.CreateCommand("select pg_stat_statements_reset()")) await reset.ExecuteNonQueryAsync(stop);
        var before = Cpu(cluster);
        var (postgres, started) = (await ServerCpuAsync(database, stop), Stopwatch.GetTimestamp());
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds), TimeProvider.System, stop);
        var time = Stopwatch.GetElapsedTime(started);
        var used = Cpu(cluster).Zip(before, (now, then) => now - then).ToList();
        var postgresUsed = await ServerCpuAsync(database, stop) - postgres;
        var statements = await StatementsAsync(database, stop);

        Console.WriteLine($"idle: {options.Silos} silos, {options.Schedules:N0} schedules, {options.Queues:N0} queues, {time.TotalSeconds:N0} s");
        var each = string.Join(", ", used.Select(cpu => Percent(cpu.TotalSeconds, time)));
        Console.WriteLine($"  silos        {Percent(used.Sum(cpu => cpu.TotalSeconds), time)} of a core: {each}");
        Console.WriteLine($"  postgres     {Percent(postgresUsed.TotalSeconds, time)} of a core");
        var (callsAMinute, rowsAMinute) = (statements.Sum(s => s.Calls) / time.TotalMinutes, statements.Sum(s => s.Rows) / time.TotalMinutes);
        Console.WriteLine($"  statements   {callsAMinute:N0} per minute, {rowsAMinute:N0} rows");
        foreach (var (calls, rows, text) in statements.Take(DearestStatements))
            Console.WriteLine($"  {calls / time.TotalMinutes,10:N1}/min {rows / time.TotalMinutes,12:N0} rows  {text}");
    }

    private static async Task FillAsync(ClusterBenchStore cluster, IdleOptions options, CancellationToken stop)
    {
        await using var engine = await cluster.StartAsync(runsJobs: true);
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = stop };
        await Parallel.ForAsync(0, options.Queues, bounds, async (i, cancel) =>
        {
            var job = await engine.Client.EnqueueAsync(engine.NoOp, Payload.Number(i), o => o.On($"queue-{i}"), cancel);
            await job.WaitAsync(cancellation: cancel);
        });
        await Parallel.ForAsync(0, options.Schedules, bounds, async (i, cancel) => await engine.Client.Schedules.AddAsync(
            $"schedule-{i}", engine.NoOp, Payload.Number(i), schedule => schedule.Cron("0 0 1 1 *"), cancel));
    }

    private static List<TimeSpan> Cpu(ClusterBenchStore cluster) => [.. cluster.ProcessIds.Select(id =>
    {
        using var process = Process.GetProcessById(id);
        return process.TotalProcessorTime;
    })];

    /// <summary>Of all the server's processes that have a connection or work behind them.</summary>
    private static async Task<TimeSpan> ServerCpuAsync(NpgsqlDataSource database, CancellationToken stop)
    {
        await using var command = database.CreateCommand("select pid from pg_stat_activity");
        await using var reader = await command.ExecuteReaderAsync(stop);
        var total = TimeSpan.Zero;
        while (await reader.ReadAsync(stop))
        {
            try
            {
                using var process = Process.GetProcessById(reader.GetInt32(0));
                total += process.TotalProcessorTime;
            }
            catch (ArgumentException)
            {
                // It has ended meanwhile.
            }
        }

        return total;
    }

    private static async Task<List<(long Calls, long Rows, string Text)>> StatementsAsync(NpgsqlDataSource database, CancellationToken stop)
    {
        await using var command = database.CreateCommand("""
            select sum(calls)::bigint, sum(rows)::bigint, left(regexp_replace(query, '\s+', ' ', 'g'), 110) as text
            from pg_stat_statements where query not like '%pg_stat_%' group by text order by 1 desc
            """);
        await using var reader = await command.ExecuteReaderAsync(stop);
        var found = new List<(long, long, string)>();
        while (await reader.ReadAsync(stop)) found.Add((reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2)));
        return found;
    }

    private static string Percent(double seconds, TimeSpan time) => $"{100 * seconds / time.TotalSeconds:N2} %";
}

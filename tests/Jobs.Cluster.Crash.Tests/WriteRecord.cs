using Npgsql;

namespace Jobs.Cluster.Crash.Tests;

/// <summary>Has the database note which silo changed which job when. A silo's connections bear its name.</summary>
internal sealed class WriteRecord(NpgsqlDataSource database, string schema)
{
    internal async Task StartAsync()
    {
        var triggers = string.Join('\n', new[] { "job", "job_done", "job_dead" }.Select(table =>
            $"create trigger note_write after insert or update or delete on {schema}.{table} for each row execute function {schema}.note_write();"));
        await using var command = database.CreateCommand($"""
            create table {schema}.written (silo text not null, job uuid not null, at timestamptz not null, what text not null);
            create function {schema}.note_write() returns trigger language plpgsql as $body$
            begin
              insert into {schema}.written values (
                current_setting('application_name'), coalesce(new.id, old.id), clock_timestamp(), tg_op || ' ' || tg_table_name);
              return null;
            end $body$;
            {triggers}
            """);
        await command.ExecuteNonQueryAsync();
    }

    internal async Task<DateTime> NowAsync()
    {
        await using var command = database.CreateCommand("select clock_timestamp()");
        return (DateTime)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>What happened to a job, for a failure's message.</summary>
    internal async Task<IReadOnlyList<string>> OfAsync(JobId job)
    {
        await using var command = database.CreateCommand(
            $"select to_char(at, 'HH24:MI:SS.MS') || ' ' || silo || ' ' || what from {schema}.written where job = @job order by at");
        command.Parameters.AddWithValue("job", job.ToGuid());
        await using var reader = await command.ExecuteReaderAsync();
        var changes = new List<string>();
        while (await reader.ReadAsync()) changes.Add(reader.GetString(0));
        return changes;
    }

    /// <summary>What the database is doing, and who waits for whom, for a failure's message.</summary>
    internal async Task<string> ServerAsync()
    {
        await using var command = database.CreateCommand("""
            select format('%s %s %s %s/%s since %s, blocked by %s: %s', pid, application_name, state, wait_event_type, wait_event,
              to_char(clock_timestamp() - state_change, 'MI:SS.MS'), pg_blocking_pids(pid), left(regexp_replace(query, '\s+', ' ', 'g'), 200))
            from pg_stat_activity where state <> 'idle' and pid <> pg_backend_pid()
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync()) lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }

    /// <summary>Who has which partition, for a failure's message.</summary>
    internal async Task<string> HoldersAsync()
    {
        await using var command = database.CreateCommand(
            $"select string_agg(queue || '/' || number || ' of ' || coalesce(holder, 'nobody') || ' in epoch ' || epoch, E'\n') from {schema}.partition");
        return await command.ExecuteScalarAsync() as string ?? "";
    }

    /// <summary>How many changes a silo has committed after a time.</summary>
    internal async Task<long> CountAsync(string silo, DateTime after)
    {
        await using var command = database.CreateCommand($"select count(*) from {schema}.written where silo = @silo and at > @after");
        command.Parameters.AddWithValue("silo", silo);
        command.Parameters.AddWithValue("after", after);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}

using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres;

/// <content>
/// Every job leaves a dead row behind when it ends, and the space can be used again once the table is vacuumed. So the table's size is bounded
/// by how many jobs end between two vacuums, and whoever makes the dead rows counts them.
/// </content>
public sealed partial class PostgresJobStore
{
    private readonly CancellationTokenSource _disposing = new();
    private int _leftSinceVacuum;
    private Task _vacuum = Task.CompletedTask;

    /// <summary>Counts rows that a commit took out of the table of unfinished jobs or wrote anew there.</summary>
    private void NoteLeft(CommitContent content)
    {
        if (content.IsIntake || _options.VacuumAfterJobs == 0) return;
        if (Interlocked.Add(ref _leftSinceVacuum, content.Changes.Count) < _options.VacuumAfterJobs) return;
        lock (_disposing)
        {
            if (Volatile.Read(ref _leftSinceVacuum) < _options.VacuumAfterJobs || !_vacuum.IsCompleted) return;
            Volatile.Write(ref _leftSinceVacuum, 0);
            _vacuum = Task.Run(VacuumAsync);
        }
    }

    private async Task VacuumAsync()
    {
        try
        {
            var connection = await _database.OpenConnectionAsync(_disposing.Token).ConfigureAwait(false);
            await using var returning = connection.ConfigureAwait(false);

            // It takes as long as the table is large, and nobody waits for it.
            var command = new NpgsqlCommand(_sql.Vacuum, connection) { CommandTimeout = 0 };
            await using var disposing = command.ConfigureAwait(false);
            await command.ExecuteNonQueryAsync(_disposing.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The commits say what is wrong with the database, the next vacuum comes soon, and the autovacuum does the same, only later.
        }
    }
}

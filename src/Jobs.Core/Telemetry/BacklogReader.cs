namespace Jobs.Core;

/// <summary>
/// What is unfinished in the partitions that this process owns, for whoever collects metrics. Nobody waits for the store: a look returns what
/// was read last, and asks for the next reading if that one is old enough. So without a collector nothing is read, and a reading is at most
/// as old as the look before. A store that takes long is asked more rarely, and of one that fails nothing is said until it answers.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="owned">The partitions that this process owns now.</param>
/// <param name="clock">The time of the jobs.</param>
/// <param name="storeTime">The time that the store takes, which is the system's whatever that of the jobs is.</param>
internal sealed class BacklogReader(
    IJobStore store, Func<IReadOnlyCollection<PartitionKey>> owned, TimeProvider clock, TimeProvider storeTime) : IAsyncDisposable
{
    /// <summary>The time between two readings, at least.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    /// <summary>The time between two readings, at least, by the time that the one before took: the store is busy with them for 2 % of its time.</summary>
    private const int PausePerReading = 50;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;
    private IReadOnlyList<QueueBacklog> _latest = [];
    private TimeSpan _pause;
    private long? _readAt;

    /// <summary>What was read last, by queue; nothing if that is nothing yet.</summary>
    internal IReadOnlyList<QueueBacklog> Look()
    {
        lock (_gate)
        {
            if (_reading.IsCompleted && !_stop.IsCancellationRequested && !(_readAt is { } at && clock.GetElapsedTime(at) < _pause))
                _reading = Task.Run(ReadAsync);
            return _latest;
        }
    }

    /// <summary>Reads no more, so that the store can be closed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync().ConfigureAwait(false);
        Task reading;
        lock (_gate) reading = _reading;
        await reading.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        var (readAt, began) = (clock.GetTimestamp(), storeTime.GetTimestamp());
        IReadOnlyList<QueueBacklog> read = [];
        try
        {
            var partitions = owned();
            var now = clock.GetUtcNow();
            if (partitions.Count > 0)
                read = QueueBacklog.Of(await store.ReadBacklogAsync(partitions, now, _stop.Token).ConfigureAwait(false), partitions, now);
        }
        catch (Exception)
        {
            // Whoever commits finds the fault, too, and tells of it.
        }

        lock (_gate)
        {
            _latest = read;
            _readAt = readAt;
            var took = storeTime.GetElapsedTime(began) * PausePerReading;
            _pause = took > Period ? took : Period;
        }
    }
}

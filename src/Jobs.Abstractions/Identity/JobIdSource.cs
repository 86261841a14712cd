namespace Jobs;

/// <summary>Makes job ids that are unique and never sort backwards within this source; safe for many threads.</summary>
/// <remarks>
/// Within a millisecond a 12-bit counter tells ids apart; when it runs over, or the clock steps back, the source goes on from the
/// latest time it has used. Between processes 30 random bits, drawn once, tell ids apart.
/// </remarks>
public sealed class JobIdSource
{
    private readonly TimeProvider _clock;
    private readonly uint _process;
    private long _last;

    /// <summary>Makes a source on a clock, with its process bits drawn from <paramref name="random"/>.</summary>
    public JobIdSource(TimeProvider clock, Random random)
    {
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(random);
        _clock = clock;
        _process = (uint)random.Next(1 << 30);
    }

    /// <summary>Makes the next id for a queue's partition.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The partition is not between 0 and <see cref="JobId.MaxPartitions"/> − 1.</exception>
    public JobId Next(QueueName queue, int partition)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, JobId.MaxPartitions);
        var tick = Reserve(1);
        return JobId.Compose(tick >> 12, (uint)tick & 0xFFF, queue.Hash, partition, _process);
    }

    /// <summary>Reserves a run of ticks, each the milliseconds and the counter in one number, and returns the first.</summary>
    internal long Reserve(int count)
    {
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds() << 12;
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var first = Math.Max(last + 1, now);
            if (Interlocked.CompareExchange(ref _last, first + count - 1, last) == last) return first;
        }
    }

    internal JobId At(long tick, QueueName queue, int partition) =>
        JobId.Compose(tick >> 12, (uint)tick & 0xFFF, queue.Hash, partition, _process);
}

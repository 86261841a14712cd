using System.Numerics;

namespace Jobs.Core;

/// <summary>
/// Counts durations in buckets that grow with them: 16 for each doubling, from a microsecond to 35 years, in 7 KB whatever is counted. Not
/// safe for many threads.
/// </summary>
internal sealed class DurationHistogram
{
    private const int SubBits = 4;
    private const int Subs = 1 << SubBits;
    private const int MaxBits = 50;

    private readonly long[] _buckets = new long[(MaxBits - SubBits + 1) * Subs];
    private long _count;
    private long _sumMicroseconds;
    private long _maxMicroseconds;

    internal void Record(TimeSpan took)
    {
        var microseconds = Math.Clamp(took.Ticks / TimeSpan.TicksPerMicrosecond, 0, (1L << MaxBits) - 1);
        _buckets[IndexOf(microseconds)]++;
        _count++;
        _sumMicroseconds = _sumMicroseconds > long.MaxValue - microseconds ? long.MaxValue : _sumMicroseconds + microseconds;
        _maxMicroseconds = Math.Max(_maxMicroseconds, microseconds);
    }

    internal void Add(DurationHistogram other)
    {
        for (var i = 0; i < _buckets.Length; i++) _buckets[i] += other._buckets[i];
        _count += other._count;
        _sumMicroseconds = _sumMicroseconds > long.MaxValue - other._sumMicroseconds ? long.MaxValue : _sumMicroseconds + other._sumMicroseconds;
        _maxMicroseconds = Math.Max(_maxMicroseconds, other._maxMicroseconds);
    }

    internal DurationSummary Summarize() => _count == 0
        ? DurationSummary.None
        : new DurationSummary(_count, From(_sumMicroseconds / _count), At(0.5), At(0.9), At(0.99), From(_maxMicroseconds));

    private static int IndexOf(long microseconds)
    {
        if (microseconds < Subs) return (int)microseconds;
        var shift = BitOperations.Log2((ulong)microseconds) - SubBits;
        return ((shift + 1) * Subs) + (int)((microseconds >> shift) - Subs);
    }

    private TimeSpan At(double share)
    {
        var wanted = (long)Math.Ceiling(share * _count);
        var index = 0;
        for (var seen = _buckets[0]; seen < wanted; seen += _buckets[index]) index++;
        return From(Math.Min(MiddleOf(index), _maxMicroseconds));
    }

    private static long MiddleOf(int index)
    {
        if (index < Subs) return index;
        var shift = (index / Subs) - 1;
        return (((long)(index % Subs) + Subs) << shift) + ((1L << shift) / 2);
    }

    private static TimeSpan From(long microseconds) => TimeSpan.FromTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}

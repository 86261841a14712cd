using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Jobs;

/// <summary>
/// The identity of a job: 128 bits in the layout of a UUID version 7 (RFC 9562), so ids sort by the time they were made.
/// </summary>
/// <remarks>
/// From the top: 48 bits Unix milliseconds, 4 bits version, 12 bits counter, 2 bits variant, 24 bits queue hash, 8 bits partition,
/// 30 bits that differ between processes. Any node can therefore route an id without a lookup. An id made from a name
/// (<see cref="FromName"/>) has version 8 and a hash in place of time, counter and process.
/// </remarks>
public readonly record struct JobId : IComparable<JobId>, ISpanFormattable
{
    /// <summary>The most partitions that a queue can have, because an id carries the partition in 8 bits.</summary>
    public const int MaxPartitions = 256;

    private const ulong Variant = 0x8000_0000_0000_0000;
    private const ulong VariantMask = 0xC000_0000_0000_0000;

    internal JobId(ulong high, ulong low)
    {
        High = high;
        Low = low;
    }

    /// <summary>The upper 64 bits: time, version, counter.</summary>
    public ulong High { get; }

    /// <summary>The lower 64 bits: variant, queue hash, partition, process.</summary>
    public ulong Low { get; }

    /// <summary>The hash of the queue's name (<see cref="QueueName.Hash"/>).</summary>
    public uint QueueHash => (uint)(Low >> 38) & 0xFFFFFF;

    /// <summary>The partition of the queue that holds the job, from 0.</summary>
    public int Partition => (int)(Low >> 30) & 0xFF;

    /// <summary>True if the id was made from a name of the caller's own (<see cref="FromName"/>).</summary>
    public bool IsNamed => ((High >> 12) & 0xF) == 8;

    /// <summary>True for the value that no job has.</summary>
    public bool IsEmpty => High == 0 && Low == 0;

    /// <summary>When the id was made, to the millisecond; null for an id made from a name.</summary>
    public DateTimeOffset? CreatedAt => IsNamed || IsEmpty ? null : DateTimeOffset.FromUnixTimeMilliseconds((long)(High >> 16));

    /// <summary>
    /// Makes the id that belongs to a name of the caller's own, so that several callers enqueue the same thing once.
    /// </summary>
    /// <param name="queue">The queue the job will be enqueued on.</param>
    /// <param name="name">Any text of 1 to 256 characters, unique within the queue.</param>
    /// <returns>The same id for the same queue and name, always in partition 0.</returns>
    /// <exception cref="InvalidNameException">The name is null, empty or longer than 256 characters.</exception>
    public static JobId FromName(QueueName queue, string name)
    {
        if (string.IsNullOrEmpty(name)) throw new InvalidNameException("job", name, "it is empty; give it at least one character");
        if (name.Length > 256) throw new InvalidNameException("job", name, $"it has {name.Length} characters; use at most 256");
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(queue.Value + "/" + name), hash);
        var high = (BinaryPrimitives.ReadUInt64BigEndian(hash) & ~0xF000ul) | 0x8000ul;
        var low = BinaryPrimitives.ReadUInt64BigEndian(hash[8..]) & 0x3FFF_FFFF;
        return new JobId(high, Variant | ((ulong)queue.Hash << 38) | low);
    }

    /// <summary>Reads an id from its text form, 32 hexadecimal digits with or without hyphens.</summary>
    /// <exception cref="FormatException">The text is not a job id.</exception>
    public static JobId Parse(string text) => TryParse(text, out var id)
        ? id
        : throw new FormatException($"'{text}' is not a job id. A job id looks like 01932c07-9e3a-7c41-8000-0123456789ab.");

    /// <summary>Reads an id from its text form; false if the text is not a job id.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out JobId id)
    {
        id = default;
        if (!Guid.TryParse(text, out var guid)) return false;
        id = FromGuid(guid);
        var version = (id.High >> 12) & 0xF;
        return version is 7 or 8 && (id.Low & VariantMask) == Variant;
    }

    /// <summary>Takes the bits of a UUID as they are, for stores that keep ids in a UUID column.</summary>
    public static JobId FromGuid(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return new JobId(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }

    /// <summary>The same bits as a UUID, whose byte order sorts like the id.</summary>
    public Guid ToGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>True if the left id sorts before the right one.</summary>
    public static bool operator <(JobId left, JobId right) => left.CompareTo(right) < 0;

    /// <summary>True if the left id sorts after the right one.</summary>
    public static bool operator >(JobId left, JobId right) => left.CompareTo(right) > 0;

    /// <summary>True if the left id does not sort after the right one.</summary>
    public static bool operator <=(JobId left, JobId right) => left.CompareTo(right) <= 0;

    /// <summary>True if the left id does not sort before the right one.</summary>
    public static bool operator >=(JobId left, JobId right) => left.CompareTo(right) >= 0;

    /// <summary>Sorts by the time the ids were made.</summary>
    public int CompareTo(JobId other)
    {
        var high = High.CompareTo(other.High);
        return high != 0 ? high : Low.CompareTo(other.Low);
    }

    /// <inheritdoc/>
    public override int GetHashCode() => (int)(((High * 0x9E3779B97F4A7C15) ^ (Low * 0xC2B2AE3D27D4EB4F)) >> 32);

    /// <summary>The id as a lower-case UUID.</summary>
    public override string ToString() => ToGuid().ToString();

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToGuid().ToString(format, formatProvider);

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        ToGuid().TryFormat(destination, out charsWritten, format);

    internal static JobId Compose(long unixMilliseconds, uint counter, uint queueHash, int partition, uint process) => new(
        ((ulong)unixMilliseconds << 16) | 0x7000ul | (counter & 0xFFF),
        Variant | ((ulong)queueHash << 38) | ((ulong)(uint)partition << 30) | (process & 0x3FFF_FFFF));
}

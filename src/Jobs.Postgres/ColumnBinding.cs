using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;

namespace Jobs.Postgres;

/// <summary>Binds columns as arrays, which a statement unnests.</summary>
internal static class ColumnBinding
{
    internal static void Bind<T>(this NpgsqlParameterCollection parameters, string name, T[] values, NpgsqlDbType type) =>
        parameters.Add(new NpgsqlParameter<T[]>(name, NpgsqlDbType.Array | type) { TypedValue = values });

    internal static void Bind<T>(this NpgsqlParameterCollection parameters, string name, List<T> values, NpgsqlDbType type) =>
        parameters.Bind(name, values.ToArray(), type);

    /// <summary>The bytes without a copy where they are an array of their own.</summary>
    internal static byte[] Bytes(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : memory.ToArray();

    /// <summary>Until when a finished record is kept.</summary>
    internal static DateTime KeepUntil(DateTime finished, TimeSpan keep) => DateTime.MaxValue - finished > keep ? finished + keep : DateTime.MaxValue;
}

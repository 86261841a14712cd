using System.Globalization;

namespace Jobs.Grains.Contracts;

/// <summary>The text keys of partition grains, and which partition a new job goes to.</summary>
internal static class PartitionKeys
{
    internal static string Of(QueueName queue, int number) => string.Create(CultureInfo.InvariantCulture, $"{queue.Value}/{number}");

    /// <summary>The hash by which a group has its partition; it must never change while jobs are stored.</summary>
    internal static uint StableHash(string group) => group.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619u);

    internal static (QueueName Queue, int Number) Parse(string key)
    {
        var slash = key.LastIndexOf('/');
        return slash > 0 && int.TryParse(key.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < JobId.MaxPartitions
            ? (new QueueName(key[..slash]), number)
            : throw new FormatException($"'{key}' is not the key of a partition. It looks like default/0.");
    }
}

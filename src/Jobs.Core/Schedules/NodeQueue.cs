using System.Security.Cryptography;
using System.Text;

namespace Jobs.Core;

/// <summary>
/// The names of the queues that processes which do not own a queue have for occurrences of their own. They are numbered, and a process takes the
/// first that nobody has, so there are never more of them than there were processes at a time.
/// </summary>
internal static class NodeQueue
{
    /// <summary>How many of them a queue has at most.</summary>
    internal const int MaxCount = 100;

    private const string Mark = ":node-";
    private const int MaxPlainChars = 50;

    internal static QueueName Of(QueueName queue, int number)
    {
        var name = queue.Value.Length <= MaxPlainChars
            ? queue.Value
            : queue.Value[..(MaxPlainChars - 9)] + "." + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(queue.Value)))[..8];
        return new QueueName($"{name}{Mark}{number}");
    }

    /// <summary>Whether a queue may be one of them; quick.</summary>
    internal static bool MayBe(QueueName name) => name.Value.Contains(Mark, StringComparison.Ordinal);

    /// <summary>The one of these queues that a queue stands beside; null if it stands beside none of them.</summary>
    internal static QueueName? BaseOf(QueueName name, IEnumerable<QueueName> queues)
    {
        var mark = name.Value.LastIndexOf(Mark, StringComparison.Ordinal);
        if (mark < 0 || !int.TryParse(name.Value.AsSpan(mark + Mark.Length), out var number) || number is < 1 or > MaxCount) return null;
        foreach (var queue in queues)
        {
            if (Of(queue, number) == name) return queue;
        }

        return null;
    }
}

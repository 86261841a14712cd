using System.Globalization;
using Jobs.Core;

namespace Jobs.Postgres;

/// <summary>The channel on which the database tells that jobs came into the inbox, and the text that it tells.</summary>
internal static class InboxChannel
{
    private const int MaxNameChars = 63;

    /// <summary>The channel's name, as the trigger of the inbox has it.</summary>
    internal static string NameOf(string schema)
    {
        var name = $"jobs_inbox_{schema}";
        return name.Length <= MaxNameChars ? name : name[..MaxNameChars];
    }

    /// <summary>The partition that a text names; null if it names none, which means that any of them may have new jobs.</summary>
    internal static PartitionKey? Parse(string text)
    {
        var slash = text.LastIndexOf('/');
        return slash > 0 && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && QueueOf(text[..slash]) is { } queue
            ? new PartitionKey(queue, number)
            : null;
    }

    /// <summary>Anybody may tell anything on a channel.</summary>
    private static QueueName? QueueOf(string text)
    {
        try
        {
            return new QueueName(text);
        }
        catch (InvalidNameException)
        {
            return null;
        }
    }
}

using Microsoft.Extensions.Logging;

namespace Jobs.Core;

/// <summary>What topics write to the log.</summary>
internal static partial class TopicLog
{
    [LoggerMessage(121, LogLevel.Error, "The listener '{Subscription}' of the topic '{Topic}' failed on a message, which is lost to it.")]
    internal static partial void Failed(ILogger log, Exception error, string topic, string subscription);

    [LoggerMessage(122, LogLevel.Warning, "The listener '{Subscription}' of the topic '{Topic}' is full; messages are dropped from now on.")]
    internal static partial void Full(ILogger log, string topic, string subscription);

    [LoggerMessage(123, LogLevel.Warning, "{Running} handlers of the listener '{Subscription}' of the topic '{Topic}' did not stop in time; they are left.")]
    internal static partial void Left(ILogger log, int running, string topic, string subscription);
}

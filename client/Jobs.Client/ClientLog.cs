using Microsoft.Extensions.Logging;

namespace Jobs.Client;

/// <summary>What a client of a cluster writes to the log.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(141, LogLevel.Warning, "Telling the listeners of other processes of a message of the topic '{Topic}' failed; they may have missed it.")]
    internal static partial void NotDelivered(ILogger log, Exception error, string topic);

    [LoggerMessage(142, LogLevel.Warning, "Telling the cluster that this process listens failed; it is tried again.")]
    internal static partial void NotAttached(ILogger log, Exception error);
}

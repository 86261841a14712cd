using Microsoft.Extensions.Logging;

namespace Jobs.Postgres;

/// <summary>What the drain of an outbox writes to the log.</summary>
internal static partial class OutboxLog
{
    [LoggerMessage(201, LogLevel.Warning, "Draining {Table} failed; it is tried again in {DelaySeconds:0.0} s.")]
    internal static partial void PassFailed(ILogger log, Exception error, string table, double delaySeconds);

    [LoggerMessage(202, LogLevel.Warning, "Message {Id} ({Kind}) could not be published, for the {Attempts}. time; it is tried again.")]
    internal static partial void MessageFailed(ILogger log, Exception error, long id, string kind, int attempts);

    [LoggerMessage(203, LogLevel.Error, "Message {Id} ({Kind}) could not be published {Attempts} times and is parked.")]
    internal static partial void MessageParked(ILogger log, Exception error, long id, string kind, int attempts);
}

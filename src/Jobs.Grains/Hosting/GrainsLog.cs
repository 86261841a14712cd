using Jobs.Core;
using Microsoft.Extensions.Logging;

namespace Jobs.Grains.Hosting;

/// <summary>What a silo's part of the job service writes to the log.</summary>
internal static partial class GrainsLog
{
    [LoggerMessage(101, LogLevel.Warning, "Waking the partition {Partition} failed; it is tried again when the members change or somebody calls it.")]
    internal static partial void WakeFailed(ILogger log, Exception error, string partition);

    [LoggerMessage(102, LogLevel.Warning, "Waking what has work failed; it is tried again when the members are read next.")]
    internal static partial void KeeperFailed(ILogger log, Exception error);

    [LoggerMessage(103, LogLevel.Warning, "Removing finished records failed; it is tried again.")]
    internal static partial void PruneFailed(ILogger log, Exception error);

    [LoggerMessage(104, LogLevel.Warning, "Renewing the lease failed; it is tried again.")]
    internal static partial void RenewFailed(ILogger log, Exception error);

    [LoggerMessage(105, LogLevel.Warning, "Telling {Whom} of {What} failed; it finds out when it reads everything again.")]
    internal static partial void NotTold(ILogger log, Exception error, object whom, string what);

    [LoggerMessage(106, LogLevel.Warning, "Keeping the reminder of {Grain} failed; it is tried again.")]
    internal static partial void ReminderFailed(ILogger log, Exception error, string grain);

    [LoggerMessage(107, LogLevel.Warning, "The silo {Silo} did not say what it runs of {Partition}; the partition is opened without it.")]
    internal static partial void NotAsked(ILogger log, Exception error, object silo, PartitionKey partition);

    [LoggerMessage(108, LogLevel.Warning, "{Grains} partitions and shards could not be handed over in time; they move when this silo is gone.")]
    internal static partial void HandoverOverdue(ILogger log, int grains);

    [LoggerMessage(109, LogLevel.Warning, "Moving partitions to where they belong failed; it is tried again.")]
    internal static partial void BalancingFailed(ILogger log, Exception error);

    [LoggerMessage(110, LogLevel.Warning, "Asking for a share of the limit {Limit} failed; it is asked for again, and until then no further jobs start.")]
    internal static partial void LimitNotAsked(ILogger log, Exception error, string limit);

    [LoggerMessage(111, LogLevel.Warning, "The silo {Silo} did not tell of its workers; they are left out.")]
    internal static partial void NotCounted(ILogger log, Exception error, object silo);

    [LoggerMessage(112, LogLevel.Warning, "Nobody listens at the address of the silo {Silo} any more; it is declared dead.")]
    internal static partial void SiloGone(ILogger log, object silo);

    [LoggerMessage(113, LogLevel.Warning, "Declaring the silo {Silo} dead failed; the cluster's own probes find that it is.")]
    internal static partial void NotDeclared(ILogger log, Exception error, object silo);

    [LoggerMessage(114, LogLevel.Warning, "The silo could not be warmed up; the first jobs after the start take longer.")]
    internal static partial void NotWarm(ILogger log, Exception error);
}

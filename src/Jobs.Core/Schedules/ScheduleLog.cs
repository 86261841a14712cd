using Microsoft.Extensions.Logging;

namespace Jobs.Core;

/// <summary>What schedules write to the log.</summary>
internal static partial class ScheduleLog
{
    [LoggerMessage(101, LogLevel.Warning, "The schedule '{Schedule}' could not be looked after; it is tried again in {DelaySeconds:0.0} s.")]
    internal static partial void Failed(ILogger log, Exception error, ScheduleId schedule, double delaySeconds);

    [LoggerMessage(102, LogLevel.Warning, "The schedules could not be read; they are read again in {DelaySeconds:0.0} s.")]
    internal static partial void NotRead(ILogger log, Exception error, double delaySeconds);

    [LoggerMessage(103, LogLevel.Warning, "The schedule '{Schedule}' that the code declares has no occurrence after now.")]
    internal static partial void NeverFires(ILogger log, ScheduleId schedule);

    [LoggerMessage(104, LogLevel.Information, "The clock was set back from {Before:u} to {Now:u}.")]
    internal static partial void SetBack(ILogger log, DateTimeOffset before, DateTimeOffset now);
}

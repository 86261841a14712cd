using Microsoft.Extensions.Logging;

namespace Jobs.Core;

/// <summary>What the engine writes to the log.</summary>
internal static partial class WorkerLog
{
    [LoggerMessage(1, LogLevel.Error, "A fault in the runner itself hit job {Id}; the attempt counts as failed.")]
    internal static partial void RunnerFailed(ILogger log, Exception error, JobId id);

    [LoggerMessage(2, LogLevel.Error, "An observer threw; its error goes no further.")]
    internal static partial void ObserverFailed(ILogger log, Exception error);

    [LoggerMessage(3, LogLevel.Warning, "Writing outcomes of {Partition} failed; they are kept and written again in {DelaySeconds:0.0} s.")]
    internal static partial void OutcomesDelayed(ILogger log, Exception error, PartitionKey partition, double delaySeconds);

    [LoggerMessage(4, LogLevel.Error, "The partition {Partition} has another owner; this process stops serving it.")]
    internal static partial void Fenced(ILogger log, PartitionKey partition);

    [LoggerMessage(5, LogLevel.Warning, "Reading a page of {Partition} failed; it is read again in {DelaySeconds:0.0} s.")]
    internal static partial void PageFailed(ILogger log, Exception error, PartitionKey partition, double delaySeconds);

    [LoggerMessage(6, LogLevel.Error, "The OnExhausted callback of the task {Task} threw for job {Id}.")]
    internal static partial void OnExhaustedFailed(ILogger log, Exception error, string task, JobId id);

    [LoggerMessage(7, LogLevel.Information, "Draining: {Running} jobs run on, for {Seconds:0.0} s at most.")]
    internal static partial void Draining(ILogger log, int running, double seconds);

    [LoggerMessage(8, LogLevel.Warning, "The drain time is over: {Running} handlers are told to stop.")]
    internal static partial void DrainTimeOver(ILogger log, int running);

    [LoggerMessage(9, LogLevel.Warning, "The handler of job {Id} ({Task}) ignores its cancellation; the job is given back and will run again.")]
    internal static partial void HandlerAbandoned(ILogger log, JobId id, string task);

    [LoggerMessage(10, LogLevel.Warning, "Removing finished records failed; it is tried again.")]
    internal static partial void PruneFailed(ILogger log, Exception error);

    [LoggerMessage(11, LogLevel.Error, "A fault of this library hit the partition {Partition}; this process stops serving it.")]
    internal static partial void PartitionFailed(ILogger log, Exception error, PartitionKey partition);

    [LoggerMessage(12, LogLevel.Error, "{Outcomes} outcomes of {Partition} could not be written before the stop; their jobs run again.")]
    internal static partial void OutcomesGivenUp(ILogger log, int outcomes, PartitionKey partition);
}

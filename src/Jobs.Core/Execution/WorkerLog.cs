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

    [LoggerMessage(4, LogLevel.Error, "The partition {Partition} has another owner, or was changed behind this process; it is opened anew when it can be had.")]
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

    [LoggerMessage(11, LogLevel.Error, "A fault of this library hit the partition {Partition}; it is opened anew.")]
    internal static partial void PartitionFailed(ILogger log, Exception error, PartitionKey partition);

    [LoggerMessage(12, LogLevel.Error, "{Outcomes} outcomes of {Partition} could not be written before the stop; their jobs run again.")]
    internal static partial void OutcomesGivenUp(ILogger log, int outcomes, PartitionKey partition);

    [LoggerMessage(17, LogLevel.Warning, "The answer to a commit of {Units} units was lost; what became of it is read back.")]
    internal static partial void AnswerLost(ILogger log, Exception error, int units);

    [LoggerMessage(18, LogLevel.Warning, "Reading back what became of a commit failed; it is tried again in {DelaySeconds:0.0} s, before anything else.")]
    internal static partial void ReadBackDelayed(ILogger log, Exception error, double delaySeconds);

    [LoggerMessage(19, LogLevel.Error, "The store did not answer for {Seconds:0.0} s while the service stopped; what was on its way to it is given up.")]
    internal static partial void StoreGivenUp(ILogger log, double seconds);

    [LoggerMessage(13, LogLevel.Warning, "{Partition} is owned by '{Owner}', which is alive; this process stands by and takes over when it is gone.")]
    internal static partial void StandsBy(ILogger log, PartitionKey partition, string owner);

    [LoggerMessage(14, LogLevel.Information, "This process owns the partition {Partition} now, under epoch {Epoch}; the owner before: {Before}.")]
    internal static partial void Owns(ILogger log, PartitionKey partition, long epoch, OwnerBefore before);

    [LoggerMessage(15, LogLevel.Warning, "Renewing the lease, or claiming partitions, failed; it is tried again in {DelaySeconds:0.0} s.")]
    internal static partial void OwnershipFailed(ILogger log, Exception error, double delaySeconds);

    [LoggerMessage(16, LogLevel.Warning, "The partitions could not be released; another process has to wait for the lease of {LeaseSeconds:0.0} s.")]
    internal static partial void ReleaseFailed(ILogger log, Exception error, double leaseSeconds);

    [LoggerMessage(20, LogLevel.Error, "{Loop} {Queue}/{Partition} begins to fail; it is tried again.")]
    internal static partial void LoopFails(ILogger log, Exception error, JobsLoop loop, string? queue, int? partition);

    [LoggerMessage(30, LogLevel.Warning, "Taking in jobs that were enqueued in transactions failed; it is tried again.")]
    internal static partial void InboxFailed(ILogger log, Exception error);

    [LoggerMessage(33, LogLevel.Warning, "The transaction of job {Id} could not be closed; what was not committed is lost with its connection.")]
    internal static partial void TransactionNotClosed(ILogger log, Exception error, JobId id);

    [LoggerMessage(31, LogLevel.Error, "Job {Id} of a transaction cannot be taken in and is passed over; it stays in the inbox.")]
    internal static partial void InboxJobPassedOver(ILogger log, Exception error, JobId id);

    [LoggerMessage(32, LogLevel.Warning, "Job {Id} ({Task}) of a transaction is not taken in: the job {Existing} has its id or its unique key '{Key}'.")]
    internal static partial void InboxJobExists(ILogger log, JobId id, string task, JobId existing, string? key);

    [LoggerMessage(21, LogLevel.Information, "{Loop} {Queue}/{Partition} is well again.")]
    internal static partial void LoopIsWell(ILogger log, JobsLoop loop, string? queue, int? partition);

    [LoggerMessage(40, LogLevel.Warning, "The worker '{Worker}' has not reported to {Partition} for {Seconds:0.0} s and counts as lost, with {Jobs} jobs.")]
    internal static partial void WorkerSilent(ILogger log, string worker, PartitionKey partition, int jobs, double seconds);

    [LoggerMessage(41, LogLevel.Debug, "A report to the owner of {Partition} was not answered; it is made again.")]
    internal static partial void ReportFailed(ILogger log, Exception error, PartitionKey partition);

    [LoggerMessage(
        42, LogLevel.Warning, "The owner of {Partition} did not answer for {Seconds:0.0} s: {Jobs} handlers are told to stop; their jobs run elsewhere.")]
    internal static partial void OwnerSilent(ILogger log, PartitionKey partition, double seconds, int jobs);

    [LoggerMessage(43, LogLevel.Warning, "The worker '{Worker}' cannot reach the cluster; it is tried again.")]
    internal static partial void ClusterNotReached(ILogger log, Exception error, string worker);
}

using System.Text;
using Jobs.Conformance;

namespace Jobs.Examples.Handlers;

/// <summary>
/// Jobs whose handlers decide: each attempt ends with an outcome, and there is no limit and no backoff but what the handler says. What it
/// throws is a dead letter. Arguments are bytes, and it is the handler who knows what they mean.
/// </summary>
public sealed class ParcelDesk
{
    public static readonly QueueName Incoming = "incoming";

    public static readonly QueueName Outgoing = "outgoing";

    public static readonly TaskDefinition<ReadOnlyMemory<byte>> Deliver = TaskDefinition.Raw("deliver", o => o.UsePreset(RetryPreset.HandlerDecides));

    public static readonly TaskDefinition<ReadOnlyMemory<byte>> Track = TaskDefinition.Raw("track", o => o.UsePreset(RetryPreset.HandlerDecides));

    /// <summary>What handlers, middleware and observers did, in order.</summary>
    public Recording<string> Log { get; } = new();

    /// <summary>Two queues with workers of their own; tasks are told apart by name, and what nobody knows is a dead letter.</summary>
    public void Describe(JobsBuilder jobs)
    {
        jobs.OnUnknownTask = UnknownTaskPolicy.DeadLetter;
        jobs.Queue(Incoming, q =>
        {
            q.Concurrency = 1;
            q.Strategy = PollStrategy.RunAtFirst;
        });
        jobs.Queue(Outgoing, q => q.Concurrency = 4);
        jobs.Handle(Deliver, (argument, job) => Task.FromResult(DeliverOnce(Encoding.UTF8.GetString(argument.Span), job)));
        jobs.Handle(Track, (argument, job) => Task.FromResult(TrackOnce(Encoding.UTF8.GetString(argument.Span))));

        // The first one added is the outermost. Metrics, recovery and the request's id are around all of them.
        jobs.UseRunMiddleware(_ => new Stamp(Log, "outer")).UseRunMiddleware(_ => new Stamp(Log, "inner"));
    }

    /// <summary>Enqueues a parcel.</summary>
    public static ValueTask<JobHandle> SendAsync(IJobClient jobs, string parcel, string? requestId = null) =>
        jobs.EnqueueAsync(Deliver, Bytes(parcel), o =>
        {
            o.On(Incoming);
            o.RequestId = requestId;
        });

    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Every way an attempt can end.</summary>
    private static JobOutcome DeliverOnce(string parcel, JobContext job) => parcel switch
    {
        "nobody at home" when job.Attempt < 3 =>
            JobOutcome.Retry($"rang {job.Attempt} times, after {job.LastError?.Message ?? "nothing"}", TimeSpan.FromHours(1)),
        "wrong address" => JobOutcome.DeadLetter("There is no such street."),
        "unwanted" => JobOutcome.Discard("the customer sent it back"),
        "dropped" => throw new InvalidOperationException("It fell off the van."),
        _ => JobOutcome.Done(),
    };

    /// <summary>A job that runs again and again: by delay, by cron, with the same argument or another one.</summary>
    private static JobOutcome TrackOnce(string state) => state switch
    {
        "sent" => JobOutcome.RescheduleAfter(TimeSpan.FromMinutes(5)).With(Bytes("on its way")),
        "on its way" => JobOutcome.RescheduleBy(CronExpression.Parse("0 8 * * *")).With(Bytes("in town")),
        _ => JobOutcome.Done(),
    };

    private sealed class Stamp(Recording<string> log, string name) : IRunMiddleware
    {
        public async ValueTask<JobOutcome> InvokeAsync(JobContext job, JobDelegate next)
        {
            log.Add($"{name}: {JobRequest.Id}");
            return await next(job);
        }
    }
}

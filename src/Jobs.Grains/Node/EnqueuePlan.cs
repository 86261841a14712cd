using System.Diagnostics;
using System.Security.Cryptography;
using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Grains.Node;

/// <summary>
/// Turns what a client asks for into changes of a partition, and checks every value. The same request and the same place give the same
/// changes, so a partition and whoever commits for it need not send each other records.
/// </summary>
/// <param name="settings">What the service is.</param>
/// <param name="isLeftToOthers">Whether jobs of a task are accepted although there is no handler for it here.</param>
/// <param name="defaultsOf">What queues say for their jobs; null for a queue that says nothing.</param>
internal sealed class EnqueuePlan(EngineSettings settings, Func<string, bool> isLeftToOthers, Func<QueueName, JobDefaults?> defaultsOf)
{
    /// <summary>Far below the time after which a client repeats a call that is not answered.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2);

    /// <summary>How far a client's clock may be ahead; what is late by so much more is still no older than <see cref="MaxAge"/> says.</summary>
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMilliseconds(500);

    private readonly TermsFactory _terms = new(
        settings.Limits, settings.Codec, settings.Random, settings.CodeVersion, defaultsOf, settings.Registry);

    private volatile AgreedTerms? _last;

    internal void CheckBatch(IEnumerable<EnqueueRequest> requests)
    {
        var limits = settings.Limits;
        var (jobs, bytes) = (0, 0L);
        string? accepted = null;
        HashSet<JobId>? own = null;
        foreach (var request in requests)
        {
            foreach (var job in request.Jobs)
            {
                if (job.Task != accepted) RequireAccepted(accepted = job.Task);
                if (job.Payload.Length > limits.MaxPayloadBytes)
                    throw new LimitExceededException(nameof(JobLimits.MaxPayloadBytes), job.Payload.Length, limits.MaxPayloadBytes);
                if (job.IsOwnId && !(own ??= []).Add(job.Id)) throw new DuplicateJobException(job.Id);
                jobs++;
                bytes += job.Payload.Length;
            }
        }

        if (jobs > limits.MaxBatchJobs) throw new LimitExceededException(nameof(JobLimits.MaxBatchJobs), jobs, limits.MaxBatchJobs);
        if (bytes > limits.MaxBatchBytes) throw new LimitExceededException(nameof(JobLimits.MaxBatchBytes), bytes, limits.MaxBatchBytes);
    }

    /// <summary>Refuses a schedule whose jobs would be refused.</summary>
    internal void Check(ScheduleDefinition schedule)
    {
        RequireAccepted(schedule.Task);
        if (schedule.Payload.Length > settings.Limits.MaxPayloadBytes)
            throw new LimitExceededException(nameof(JobLimits.MaxPayloadBytes), schedule.Payload.Length, settings.Limits.MaxPayloadBytes);
        _ = _terms.Create(ScheduledJobs.TaskOf(schedule), ScheduledJobs.OptionsOf(schedule, DateTimeOffset.UnixEpoch), "");
    }

    internal JobChange[] Changes(EnqueueRequest request, Reservation place, PollStrategy strategy)
    {
        var changes = new JobChange[request.Jobs.Length];
        JobOptionsMessage? message = null;
        JobTerms? terms = null;
        var now = place.EnqueuedAt;
        var runAt = now;
        Priority priority = default;
        for (var i = 0; i < changes.Length; i++)
        {
            var job = request.Jobs[i];
            if (terms is null || job.Task != terms.Task || !ReferenceEquals(job.Options, message))
            {
                message = job.Options;
                terms = TermsOf(job.Task, request, message);
                runAt = RunAt(message, now);
                priority = PriorityOf(message, request.Queue);
            }

            if (job.Id.QueueHash != request.Queue.Hash || job.Id.Partition != request.Partition)
            {
                var here = PartitionKeys.Of(request.Queue, request.Partition);
                throw new InvalidJobOptionException(nameof(EnqueueOptions.Id), job.Id, $"it does not belong to {here}");
            }

            var record = new JobRecord
            {
                Id = job.Id,
                Terms = IdReuse.IsReusable(job) ? terms with { CallId = _terms.Require(nameof(request.RequestId), request.RequestId) } : terms,
                Payload = job.Payload,
                State = runAt > now ? JobState.Scheduled : JobState.Pending,
                Sequence = place.FirstSequence + i,
                EnqueuedAt = now,
                RunAt = runAt,
                Priority = priority,
                UniqueKey = UniqueKeyOf(job),
                Deliveries = job.ReplacedDeliveries ?? 0,
            };
            var isFresh = !job.IsOwnId && !request.IsRepeated && IsNew(job.Id);
            changes[i] = new JobChange(new JobTransition(null, record), place.Epoch, strategy, isFresh);
        }

        return changes;
    }

    /// <summary>
    /// Whether a request with this id cannot have been repeated meanwhile. One that lay in a silo that stood still comes after its repeat, when
    /// the job may have ended long ago; then its id has to be looked for, in the history too. A clock that differs costs that look, no more.
    /// </summary>
    private bool IsNew(JobId id) => id.CreatedAt is { } made && settings.Clock.GetUtcNow() - made is var age && age <= MaxAge && age >= -MaxSkew;

    /// <summary>
    /// Whether a stored job is the one that a repeated request asks for, and not another one under the same id of a caller's own. A request
    /// that names none has one made for each call, so it tells them apart; one that is named is compared with all there is.
    /// </summary>
    internal static bool IsOf(EnqueueRequest request, NewJobMessage job, JobRecord stored)
    {
        if (!job.IsOwnId) return true;
        if (IdReuse.IsReusable(job)) return request.RequestId is { } call && stored.Terms.CallId == call;
        if (job.Options.RequestId is not { } named) return stored.Terms.RequestId == request.RequestId;
        return stored.Terms.RequestId == named && stored.Terms.Task == job.Task && stored.Payload.Span.SequenceEqual(job.Payload.Span);
    }

    /// <summary>Checks a text that is kept with something.</summary>
    internal string? RequireKey(string option, string? text) => _terms.Require(option, text);

    private void RequireAccepted(string task)
    {
        if (settings.OnUnknownTask is UnknownTaskPolicy.Reject && settings.Registry.Find(task) is null && !isLeftToOthers(task))
            throw new TaskNotRegisteredException(task, settings.Registry.Names);
    }

    /// <summary>The terms of a request's jobs: those of the request before if all is as it was, because most callers say the same again and again.</summary>
    private JobTerms TermsOf(string task, EnqueueRequest request, JobOptionsMessage message)
    {
        // What is current here would be in the terms too. It is in calls from inside of this process at most.
        if (Activity.Current is not null || JobRequest.User is not null) return MakeTerms(task, request, message);
        var defaults = defaultsOf(request.Queue);
        var handled = settings.Registry.Find(task)?.Task;
        var last = _last;
        if (last is null || !last.Holds(task, request.Queue, message, defaults, handled))
            _last = last = new AgreedTerms(message, defaults, handled, MakeTerms(task, request, message));
        return last.Terms with { RequestId = message.RequestId ?? request.RequestId ?? _terms.CurrentRequestId() };
    }

    /// <summary>The definition is in the client; a stand-in of the same name lets one place check the values.</summary>
    private JobTerms MakeTerms(string task, EnqueueRequest request, JobOptionsMessage message)
    {
        var type = message.ContentType;
        var definition = TaskDefinition.Raw(task, o =>
        {
            o.Codec = type is null ? settings.Codec : new NamedCodec(type);
            if (message.HasOwnBackoff) o.Backoff = RetryPolicy.Default;
        });
        var options = message.ToOptions();
        options.Queue = request.Queue;
        var terms = _terms.Create(definition, options, request.RequestId ?? _terms.CurrentRequestId());
        return terms with
        {
            // What the client has encrypted says so of itself, whatever the codec is here.
            ContentType = type ?? settings.Codec.ContentType,
            TraceParent = message.TraceParent,
            TraceState = TermsFactory.Bounded(message.TraceState),
            CodeVersion = _terms.Require(nameof(JobSnapshot.EnqueuedCodeVersion), message.CodeVersion),
        };
    }

    private string? UniqueKeyOf(NewJobMessage job)
    {
        var key = job.UniqueKey ?? job.Options.UniqueKey;
        if (key is null && job.Options.UniqueByPayload) key = job.Task + ":" + Convert.ToHexStringLower(SHA256.HashData(job.Payload.Span))[..32];
        return key is null ? null : _terms.Require(nameof(JobOptions.UniqueKey), key);
    }

    private Priority PriorityOf(JobOptionsMessage message, QueueName queue) => message.Priority is { } urgency
        ? new Priority(urgency)
        : defaultsOf(queue)?.Priority ?? default;

    private DateTimeOffset RunAt(JobOptionsMessage message, DateTimeOffset now)
    {
        if (message.RunAt is null && message.Delay is null) return now;
        if (message.RunAt is not null && message.Delay is not null)
            throw new InvalidJobOptionException(nameof(EnqueueOptions.Delay), message.Delay, "say either RunAt or Delay, not both");
        if (message.Delay < TimeSpan.Zero)
            throw new InvalidJobOptionException(nameof(EnqueueOptions.Delay), message.Delay, "use zero or a positive time");
        var asked = message.RunAt ?? Times.Add(now, message.Delay!.Value);
        return asked <= now ? now : Times.Bounded(Times.CeilingToMilliseconds(asked), now, settings.Limits);
    }

    /// <summary>Terms that were made, and all that they were made of.</summary>
    private sealed record AgreedTerms(JobOptionsMessage Message, JobDefaults? Defaults, TaskDefinition? Handled, JobTerms Terms)
    {
        internal bool Holds(string task, QueueName queue, JobOptionsMessage message, JobDefaults? defaults, TaskDefinition? handled) =>
            ReferenceEquals(Defaults, defaults) && ReferenceEquals(Handled, handled) && Terms.Task == task && Terms.Queue == queue && Message == message;
    }

    /// <summary>Stands for the client's codec, of which the silo knows the media type and nothing else.</summary>
    private sealed class NamedCodec(string contentType) : IPayloadCodec
    {
        public string ContentType => contentType;

        public ReadOnlyMemory<byte> Encode<T>(T value) => throw new InvalidOperationException("A silo passes payloads on as they are.");

        public T? Decode<T>(ReadOnlyMemory<byte> bytes) => throw new InvalidOperationException("A silo passes payloads on as they are.");
    }
}

using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Cluster.Tests.Contracts;

/// <summary>One of everything that is sent, with a value in every member.</summary>
internal static class Samples
{
    private static readonly DateTimeOffset Time = new(2030, 5, 6, 7, 8, 9, TimeSpan.FromHours(2));
    private static readonly JobId Id = JobId.FromName("mail", "one");
    private static readonly JobId Other = new JobIdSource(TimeProvider.System, new Random(1)).Next("mail", 7);

    internal static IReadOnlyList<object> Messages { get; } =
    [
        new EnqueueRequest { Queue = "mail", Partition = 3, Jobs = [Job()], IsRepeated = true, RequestId = "r", SentAgo = TimeSpan.FromSeconds(8) },
        Job(),
        new EnqueueRequest { Queue = "mail", Partition = 3, Jobs = [Job()], Others = [new EnqueueRequest { Queue = "mail", Partition = 3, Jobs = [] }] },
        new EnqueueReply { Existing = new() { [Id] = Other } },
        new EnqueueReply { Others = [new EnqueueReply { IsPutOff = true }] },
        new EnqueueReply { Replaced = new() { [Id] = Time }, Ended = new() { [Other] = 9 }, UnsureOf = Id },
        new EnqueueReply(),
        new WatchRequest { Watcher = null!, Jobs = [Id], Again = [Other] },
        new WatchReply { Ended = [Snapshot()], Missing = [Other] },
        new Reservation { Number = 4, Epoch = 5, FirstSequence = 6, EnqueuedAt = Time },
        new QueueDescription { Queue = "mail", Partitions = 12 },
        Options(),
        new JobOptionsMessage(),
        RetryPolicyMessage.From(RetryPolicy.Constant(TimeSpan.FromSeconds(3), 0.5))!,
        RetryPolicyMessage.From(RetryPolicy.Exponential(TimeSpan.FromSeconds(3), 1.5, TimeSpan.FromDays(1), 0.25, 2))!,
        new JobActionMessage { Kind = JobActionKind.Reschedule, WhenRunning = true, RunAt = Time, Priority = -4 },
        JobActionKind.Delete,
        JobQueryMessage.From(Query()),
        JobQueryMessage.From(new JobQuery()),
        Id,
        Other,
        (QueueName)"mail",
        new JobError(2, Time, "T", "M", "S"),
        new JobError(2, Time, "T", "M"),
        new JobLogLine(Time, 3, "text"),
        new JobProgress(12.5, "half"),
        new JobCounts { Scheduled = 1, Pending = 2, Running = 3, Retrying = 4, Completed = 5, Dead = 6, Cancelled = 7, Discarded = 8 },
        Snapshot(),
        new JobSnapshot { Id = Id, Task = "t", Queue = "mail", State = JobState.Scheduled },
        (ScheduleId)"nightly",
        Schedule(),
        Schedule().With(s => s.Every(TimeSpan.FromSeconds(5), Time).OnMisfire(MisfirePolicy.FireAll(7))),
        ShownSchedule(),
        new ScheduleSnapshot { Definition = Schedule() },
        PauseTarget.Queue("mail"),
        PauseTarget.Task("t"),
        new TakeRequest { Id = Guid.NewGuid(), Tasks = ["t"], MaxJobs = 3, Length = TimeSpan.FromMinutes(2), Consumer = "c", IsRepeated = true },
        new LeaseAnswer
        {
            Job = Id,
            Delivery = 2,
            Kind = LeaseAnswerKind.Nack,
            Result = new byte[] { 4, 5 },
            Delay = TimeSpan.FromSeconds(6),
            Error = "e",
            Length = TimeSpan.FromSeconds(7),
            IsRepeated = true,
        },
        LeaseAnswerKind.Extend,
        new NewTaskJob { Payload = new byte[] { 1, 2 }, Options = Options(), OwnId = Id, IdScope = JobIdScope.Live },
        new EnqueuedJob { Id = Id, AlreadyExisted = true },
        new TopicMessage { Topic = "news", Bytes = new byte[] { 1, 2 }, Publisher = Guid.NewGuid(), RequestId = "r", User = "u" },
        new TopicDelivery { Listeners = 3, Dropped = 2 },
        new SubscriptionMessage { Topic = "news", Name = "archive", Options = Options(), Since = Time },
        new LeasedJob(Snapshot(), Time),
        new Pause { Target = PauseTarget.Task("t"), Since = Time, By = "somebody", Reason = "because" },
        Limit(),
        new RunLimit("all") { MaxRunning = 0 },
        new RunLimitInfo { Limit = Limit(), Since = Time, By = "somebody" },
        .. WorkerSamples.Messages,
    ];

    internal static IReadOnlyList<Exception> Errors { get; } =
    [
        new JobNotFoundException(Id),
        new DuplicateJobException(Id),
        new JobWaitTimeoutException(Id, TimeSpan.FromSeconds(3)),
        new WrongJobStateException(Id, JobState.Dead, "be run now"),
        new PayloadPrunedException(Id, Time),
        new UniqueKeyTakenException(Id, "key", Other),
        new QueueBusyException("mail", "CapacityJobs", 3),
        new LimitExceededException("MaxKeyChars", 300, 256),
        new ServiceStoppedException("enqueue jobs"),
        new TaskNotRegisteredException("t", ["a", "b"]),
        new TaskNotRegisteredException("t", []),
        new InvalidNameException("tag", "", "it is empty"),
        new InvalidNameException("tag", null, "it is empty"),
        new InvalidJobOptionException("Delay", "-1", "use a positive time"),
        new InvalidJobOptionException("Delay", null, "use a positive time"),
        new PartitionMovedException("mail/3"),
        new ScheduleExistsException("nightly"),
        new ScheduleNotFoundException("nightly"),
        new ScheduleChangedException("nightly", 3, 0),
        new ScheduleChangedException("nightly", 3, null),
        new ScheduleNeverFiresException("nightly", "At 09:00 (UTC)", Time, null),
        new SchedulesNotKeptException("somewhere"),
        new SettingsNotKeptException("somewhere"),
        new LeaseLostException(new LeaseToken(Id, 3)),
        new InvalidHandlerResultException("t", "returned null"),
        new StoreUnavailableException("PostgreSQL at nowhere", new IOException("no route")),
        new CommitFateUnknownException("PostgreSQL at nowhere", new IOException("no route")),
    ];

    internal static IReadOnlyList<JobAction> Actions { get; } =
    [
        JobAction.Cancel, JobAction.Retry, JobAction.RunNow, JobAction.Delete(), JobAction.Delete(true), JobAction.Reschedule(Time),
        JobAction.ChangePriority(-3),
    ];

    internal static JobQuery Query() => new()
    {
        Queue = "mail",
        Task = "t",
        States = [JobState.Dead, JobState.Running],
        Tag = "red",
        EnqueuedFrom = Time,
        EnqueuedBefore = Time.AddDays(1),
        PageJobs = 7,
        After = Other,
        NewestFirst = false,
    };

    private static NewJobMessage Job() => new()
    {
        Id = Id,
        Task = "t",
        Payload = new byte[] { 1, 2, 3 },
        Options = Options(),
        IsOwnId = true,
        IsAwaited = true,
        UniqueKey = "k",
        IdScope = JobIdScope.Live,
        Replaces = 6,
        ReplacedDeliveries = 2,
    };

    private static RunLimit Limit() => new("tenants")
    {
        Queue = "mail",
        Task = "t",
        PerKey = true,
        MaxRunning = 3,
        Rate = new RunRate(5, TimeSpan.FromMinutes(2)) { Burst = 2 },
    };

    private static JobOptionsMessage Options() => new()
    {
        Queue = "mail",
        ContentType = "application/x",
        RunAt = Time,
        Delay = TimeSpan.FromSeconds(4),
        Priority = 5,
        MaxAttempts = 6,
        Backoff = RetryPolicyMessage.From(RetryPolicy.Default),
        Timeout = TimeSpan.FromSeconds(7),
        UniqueKey = "u",
        UniqueByPayload = true,
        GroupKey = "g",
        KeepFor = TimeSpan.FromDays(8),
        KeepPayload = false,
        OnException = ExceptionPolicy.DeadLetter,
        OnExhausted = ExhaustedAction.Discard,
        CountLostDeliveries = false,
        Tags = ["a", "b"],
        Headers = new() { ["X"] = "y" },
        RequestId = "r",
        TraceParent = "p",
        User = "somebody",
        TraceState = "s",
        CodeVersion = "1",
        LimitKey = "l",
        HasOwnBackoff = true,
    };

    private static ScheduleDefinition Schedule() => ScheduleDefinition.Create(
        "nightly",
        TaskDefinition.Create<string>("t", o => o.Tags.Add("red")),
        "payload",
        s => s.Cron("0 9 * * 1-5", "Europe/Berlin").From(Time).Until(Time.AddDays(9)).MaxRuns(8).OnMisfire(MisfirePolicy.Skip, TimeSpan.FromSeconds(7))
            .OnOverlap(OverlapPolicy.Skip).Jitter(TimeSpan.FromSeconds(6)).InScope(ScheduleScope.EveryNode).StartPaused()
            .Job(o => o.On("mail").WithPriority(4).WithHeader("X", "y")));

    private static ScheduleSnapshot ShownSchedule() => new()
    {
        Definition = Schedule(),
        IsPaused = true,
        Next = Time,
        Upcoming = [Time, Time.AddDays(1)],
        Last = Time.AddDays(-1),
        LastJob = Id,
        Runs = 5,
        IsDeclared = true,
        CreatedAt = Time.AddDays(-2),
        ChangedAt = Time.AddDays(-3),
        Version = 77,
    };

    private static JobSnapshot Snapshot() => new()
    {
        Id = Id,
        Task = "t",
        Queue = "mail",
        State = JobState.Retrying,
        Reason = "why",
        Priority = 3,
        Payload = new byte[] { 1, 2 },
        ContentType = "application/x",
        Result = new byte[] { 3 },
        EnqueuedAt = Time,
        RunAt = Time.AddSeconds(1),
        StartedAt = Time.AddSeconds(2),
        FinishedAt = Time.AddSeconds(3),
        Attempt = 4,
        MaxAttempts = 5,
        Failures = 6,
        Deliveries = 7,
        LostDeliveries = 8,
        Worker = "w",
        UniqueKey = "u",
        GroupKey = "g",
        RequestId = "r",
        TraceParent = "p",
        Tags = ["a", "b"],
        Headers = new Dictionary<string, string> { ["X"] = "y" },
        Errors = [new JobError(2, Time, "T", "M", "S")],
        Log = [new JobLogLine(Time, 3, "text")],
        Progress = new JobProgress(12.5, "half"),
        TraceState = "s",
        User = "somebody",
        EnqueuedCodeVersion = "1",
        RanCodeVersion = "2",
        LimitKey = "l",
        WaitsForLimit = "tenants",
        PayloadPrunedAt = Time,
    };
}

using Jobs.Grains.Contracts;

namespace Jobs.Cluster.Tests.Contracts;

/// <summary>What workers and owners send each other, with a value in every member.</summary>
internal static class WorkerSamples
{
    private static readonly DateTimeOffset Time = new(2030, 5, 6, 7, 8, 9, TimeSpan.FromHours(2));
    private static readonly JobDeliveryMessage Delivery = new() { Job = JobId.FromName("mail", "one"), Number = 3 };
    private static readonly WorkerQueue Queue = new("mail", 8, 1);

    internal static IReadOnlyList<object> Messages { get; } =
    [
        Delivery,
        Held(),
        new HeldJobsMessage { Worker = "w", Name = "n", CodeVersion = "1", LastReport = 4, Jobs = [Held()] },
        Offer(),
        Notes(),
        AttemptEndKind.Snoozed,
        End(),
        new AttemptEndMessage { Delivery = Delivery, Kind = AttemptEndKind.GivenBack },
        new WorkerReportMessage
        {
            Worker = "w",
            Number = 5,
            Offer = Offer(),
            Slots = 6,
            TaskSlots = [new("t", 2)],
            Running = [Delivery],
            Outcomes = [End()],
            Notes = [Notes()],
            IsLast = true,
            IsDraining = true,
        },
        Job(),
        Queue,
        new WorkerInfo
        {
            Id = "i",
            Name = "n",
            Place = WorkerPlace.Outside,
            CodeVersion = "1",
            Tasks = ["t"],
            Queues = [Queue],
            StartedAt = Time,
            LastSeenAt = Time,
            IsDraining = true,
            IsAnswering = false,
        },
        new UnhandledTask { Queue = "mail", Task = "t", WaitingJobs = 2, IsAtLeast = true, WaitingSince = Time },
        new WorkerOrdersMessage { IsTaken = true, WantsOffer = true, Jobs = [Job()], Stop = [Delivery], HasMore = true },
    ];

    private static HeldJobMessage Held() => new() { Delivery = Delivery, StartedAt = Time };

    private static WorkerOfferMessage Offer() =>
        new() { Name = "n", Tasks = ["t"], CodeVersion = "1", Heartbeat = TimeSpan.FromSeconds(10), Concurrency = 4, StartedAt = Time };

    private static AttemptNotesMessage Notes() =>
        new() { Delivery = Delivery, Log = [new JobLogLine(Time, 1, "line")], Progress = new JobProgress(5, "text") };

    private static AttemptEndMessage End() => new()
    {
        Delivery = Delivery,
        Kind = AttemptEndKind.Failed,
        Notes = Notes(),
        Bytes = new byte[] { 1, 2 },
        Error = new JobError(1, Time, "T", "M", "S"),
        RunAt = Time,
        IsRetryable = true,
        Reason = "because",
    };

    private static AssignedJobMessage Job() => new()
    {
        Id = Delivery.Job,
        Task = "t",
        Queue = "mail",
        GroupKey = "g",
        Tags = ["a"],
        Terms = "{}",
        Payload = new byte[] { 3 },
        Notes = "{}",
        Sequence = 7,
        EnqueuedAt = Time,
        RunAt = Time,
        StartedAt = Time,
        Priority = 8,
        UniqueKey = "u",
        Failures = 1,
        Deliveries = 3,
        LostDeliveries = 1,
        Attempt = 3,
        Worker = "n",
    };
}

using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Client.Workers;

/// <summary>What workers and owners say to each other, and the messages in which they say it.</summary>
internal static class WorkerMessages
{
    internal static WorkerReportMessage ToMessage(this WorkerReport report) => new()
    {
        Worker = report.Worker,
        Number = report.Number,
        Offer = report.Offer?.ToMessage(),
        Slots = report.Slots,
        TaskSlots = report.TaskSlots.Count == 0 ? null : [.. report.TaskSlots],
        Running = [.. report.Running.Select(ToMessage)],
        Outcomes = [.. report.Outcomes.Select(AttemptEnds.ToMessage)],
        Notes = report.Notes.Count == 0 ? null : [.. report.Notes.Select(n => AttemptEnds.ToMessage(n.Notes, n.Delivery))],
        IsLast = report.IsLast,
        IsDraining = report.IsDraining,
    };

    internal static WorkerReport ToReport(this WorkerReportMessage message) => new()
    {
        Worker = message.Worker,
        Number = message.Number,
        Offer = message.Offer?.ToOffer(),
        Slots = message.Slots,
        TaskSlots = new Dictionary<string, int>(message.TaskSlots ?? [], StringComparer.Ordinal),
        Running = [.. message.Running.Select(ToDelivery)],
        Outcomes = [.. message.Outcomes.Select(AttemptEnds.ToOutcome)],
        Notes = [.. (message.Notes ?? []).Select(notes => (notes.Delivery.ToDelivery(), AttemptEnds.ToNotes(notes)!))],
        IsLast = message.IsLast,
        IsDraining = message.IsDraining,
    };

    private static WorkerOfferMessage ToMessage(this WorkerOffer offer) => new()
    {
        Name = offer.Name,
        Tasks = [.. offer.Tasks],
        CodeVersion = offer.CodeVersion,
        Heartbeat = offer.Heartbeat,
        Concurrency = offer.Concurrency,
        StartedAt = offer.StartedAt,
    };

    private static WorkerOffer ToOffer(this WorkerOfferMessage message) => new(message.Name, message.Tasks, message.CodeVersion, message.Heartbeat)
    {
        Concurrency = message.Concurrency,
        StartedAt = message.StartedAt,
    };

    internal static WorkerOrdersMessage ToMessage(this WorkerOrders orders) => new()
    {
        IsTaken = orders.IsTaken,
        WantsOffer = orders.WantsOffer,
        Jobs = [.. orders.Jobs.Select(ToMessage)],
        Stop = [.. orders.Stop.Select(ToMessage)],
        HasMore = orders.HasMore,
    };

    internal static WorkerOrders ToOrders(this WorkerOrdersMessage message) => new()
    {
        IsTaken = message.IsTaken,
        WantsOffer = message.WantsOffer,
        Jobs = [.. message.Jobs.Select(ToJob)],
        Stop = [.. message.Stop.Select(ToDelivery)],
        HasMore = message.HasMore,
    };

    internal static HeldJobsMessage ToMessage(this HeldJobs held) => new()
    {
        Worker = held.Worker,
        Name = held.Name,
        CodeVersion = held.CodeVersion,
        LastReport = held.LastReport,
        Jobs = [.. held.Jobs.Select(job => new HeldJobMessage { Delivery = job.Delivery.ToMessage(), StartedAt = job.StartedAt })],
    };

    internal static HeldJobs ToHeld(this HeldJobsMessage message) => new(
        message.Worker, message.Name, message.CodeVersion, message.LastReport,
        [.. message.Jobs.Select(job => new HeldJob(job.Delivery.ToDelivery(), job.StartedAt))]);

    internal static JobDeliveryMessage ToMessage(this JobDelivery delivery) => new() { Job = delivery.Job, Number = delivery.Number };

    internal static JobDelivery ToDelivery(this JobDeliveryMessage message) => new(message.Job, message.Number);

    internal static AssignedJobMessage ToMessage(this JobRecord job) => new()
    {
        Id = job.Id,
        Task = job.Terms.Task,
        Queue = job.Terms.Queue,
        GroupKey = job.Terms.GroupKey,
        Tags = job.Terms.Tags.Count == 0 ? null : [.. job.Terms.Tags],
        Terms = StoredText.OfTerms(job.Terms),
        Payload = job.Payload,
        Notes = StoredText.OfNotes(job.Notes),
        Sequence = job.Sequence,
        EnqueuedAt = job.EnqueuedAt,
        RunAt = job.RunAt,
        StartedAt = job.StartedAt,
        Priority = job.Priority.Urgency,
        UniqueKey = job.UniqueKey,
        Failures = job.Failures,
        Deliveries = job.Deliveries,
        LostDeliveries = job.LostDeliveries,
        Attempt = job.LastAttempt,
        Worker = job.Worker,
    };

    internal static JobRecord ToJob(this AssignedJobMessage message) => new()
    {
        Id = message.Id,
        Terms = StoredText.ToTerms(message.Terms, message.Task, message.Queue, message.GroupKey, message.Tags),
        Payload = message.Payload,
        State = JobState.Running,
        Sequence = message.Sequence,
        EnqueuedAt = message.EnqueuedAt,
        RunAt = message.RunAt,
        StartedAt = message.StartedAt,
        Priority = new Priority(message.Priority),
        UniqueKey = message.UniqueKey,
        Failures = message.Failures,
        Deliveries = message.Deliveries,
        LostDeliveries = message.LostDeliveries,
        LastAttempt = message.Attempt,
        Worker = message.Worker,
        Notes = StoredText.ToNotes(message.Notes),
    };
}

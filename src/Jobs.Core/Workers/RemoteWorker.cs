namespace Jobs.Core;

/// <summary>
/// What the owner of a partition knows of a worker in another process: what it can do, what it has, and how far its reports have come. Pure;
/// used on the partition's turn.
/// </summary>
/// <param name="id">The worker's id, which no other worker has.</param>
/// <param name="offer">What it can do, as far as that is known.</param>
internal sealed class RemoteWorker(string id, WorkerOffer offer)
{
    private readonly Dictionary<JobId, Given> _held = [];

    internal string Id { get; } = id;

    internal WorkerOffer Offer { get; private set; } = offer;

    internal IReadOnlySet<string> Tasks { get; private set; } = offer.Tasks.ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether it has made itself known; one of which only its jobs are known is given none.</summary>
    internal bool IsKnown { get; private set; }

    /// <summary>Whether it takes nothing more, because it stops.</summary>
    internal bool IsDraining { get; private set; }

    /// <summary>The number of its last report that counted.</summary>
    internal long LastReport { get; private set; }

    /// <summary>When it was heard of last, by a clock of the host.</summary>
    internal long HeardAt { get; set; }

    /// <summary>Whether it has been told that there is something for it, and has not been told since that there is not.</summary>
    internal bool IsTold { get; set; }

    /// <summary>It, without slots: for a look at what there would be for it.</summary>
    internal ExchangeSink Eyes => field ??= new ExchangeSink(this, 0, new Dictionary<string, int>());

    /// <summary>How many jobs it has.</summary>
    internal int HeldJobs => _held.Count;

    /// <summary>Its jobs, which it has, or was given and may not know of yet.</summary>
    internal IReadOnlyList<JobDelivery> Held => [.. _held.Select(pair => new JobDelivery(pair.Key, pair.Value.Delivery))];

    /// <summary>Takes note of what the worker said when the partition was opened: older reports do not count.</summary>
    internal void Knew(long lastReport) => LastReport = Math.Max(LastReport, lastReport);

    /// <summary>Takes note of a report; false if a later one has come before it, or if the worker has to make itself known first.</summary>
    internal bool Hear(WorkerReport report)
    {
        if (report.Number <= LastReport || (report.Offer is null && !IsKnown)) return false;
        LastReport = report.Number;
        IsDraining = report.IsDraining;
        if (report.Offer is { } known)
        {
            Offer = known;
            Tasks = known.Tasks.ToHashSet(StringComparer.Ordinal);
            IsKnown = true;
        }

        foreach (var (delivery, notes) in report.Notes)
        {
            if (_held.TryGetValue(delivery.Job, out var held) && held.Delivery == delivery.Number) held.Notes = notes;
        }

        return true;
    }

    /// <summary>Gives the worker a job; a report under a later number that does not name it says that it was not received.</summary>
    internal void Give(JobRecord job) => _held[job.Id] = new Given(job.Deliveries, LastReport);

    /// <summary>Whether the worker has this delivery, or was given it.</summary>
    internal bool Has(JobDelivery delivery) => _held.TryGetValue(delivery.Job, out var held) && held.Delivery == delivery.Number;

    /// <summary>Takes note that the worker does not have a delivery any more.</summary>
    internal void Forget(JobDelivery delivery)
    {
        if (Has(delivery)) _held.Remove(delivery.Job);
    }

    /// <summary>What the worker was given before this report and does not name in it: the answer that held it was lost.</summary>
    internal IReadOnlyList<JobDelivery> Missing(WorkerReport report)
    {
        if (_held.Count == 0) return [];
        var named = report.Running.Concat(report.Outcomes.Select(o => o.Delivery)).ToHashSet();
        return [.. _held.Where(pair => pair.Value.GivenAt < report.Number).Select(pair => new JobDelivery(pair.Key, pair.Value.Delivery))
            .Where(delivery => !named.Contains(delivery))];
    }

    /// <summary>What the handler of a job has written, as far as it was told.</summary>
    internal AttemptNotes? NotesOf(JobDelivery delivery) =>
        _held.TryGetValue(delivery.Job, out var held) && held.Delivery == delivery.Number ? held.Notes : null;

    private sealed class Given(int delivery, long givenAt)
    {
        internal int Delivery { get; } = delivery;

        internal long GivenAt { get; } = givenAt;

        internal AttemptNotes? Notes { get; set; }
    }
}

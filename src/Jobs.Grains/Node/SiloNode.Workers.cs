using System.Collections.Concurrent;
using Jobs.Core;

namespace Jobs.Grains.Node;

/// <content>
/// Workers and owners on different silos: what this silo's workers have of partitions elsewhere, and what its partitions gave to workers
/// elsewhere; and the takeover of a partition, which asks everybody first what is still running (rules I3, I5 and I6).
/// </content>
internal sealed partial class SiloNode : IPartitionWorkers
{
    /// <summary>How long a silo waits, when it is asked to, for what a partition that leaves it has on its way to the store.</summary>
    private static readonly TimeSpan LongestLeave = TimeSpan.FromSeconds(1);

    /// <summary>After this time, a partition that still has jobs nobody takes calls for workers again.</summary>
    private static readonly TimeSpan CallPeriod = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan SilencePeriod = TimeSpan.FromSeconds(1);

    /// <summary>One look in so many is also for workers in silos, who are called when they are silent, and not given up.</summary>
    private const int LooksPerLookAtAll = 5;

    private readonly ConcurrentDictionary<PartitionKey, long> _ownedElsewhere = new();
    private readonly Dictionary<PartitionKey, List<(RunningJob Job, JobEvent Ending)>> _opening = [];
    private readonly Lock _openingGate = new();
    private IWorkerCalls _calls = new NoCalls();
    private ITimer? _lookForSilent;
    private int _looks;

    internal WorkerLinks Links { get; private set; }

    /// <summary>Begins to work with the other silos.</summary>
    internal void Connect(IWorkerCalls calls)
    {
        _calls = calls;
        Links = new WorkerLinks(calls.Id, WorkerOrMake, worker => OfferOf(worker.OfferedTasks), calls, LinkTimes.Default, Settings.Log);
        _lookForSilent = TimeProvider.System.CreateTimer(_ => LookForSilent(), null, SilencePeriod, SilencePeriod);
    }

    /// <summary>Another silo owns the partition under this epoch: serves it no more, and tells what this silo's workers have of it.</summary>
    internal async Task<HeldJobs> LetGoAsync(PartitionKey key, long epoch)
    {
        _ownedElsewhere.AddOrUpdate(key, epoch, (_, known) => Math.Max(known, epoch));
        await LetGoHereAsync(key, epoch).ConfigureAwait(false);
        if (WorkerOf(key.Queue) is not { } worker) return new HeldJobs(Links.Id, Settings.WorkerName, Settings.CodeVersion, 0, []);
        if (Links.Find(key) is null && !worker.Running.Any(job => job.Id.Partition == key.Number && !job.IsLeft))
            return new HeldJobs(Links.Id, Settings.WorkerName, Settings.CodeVersion, WorkerLink.LastNumber, []);
        return Links.Reach(key, thereIsWork: false)?.Link.Held(OfferOf(worker.OfferedTasks))
            ?? new HeldJobs(Links.Id, Settings.WorkerName, Settings.CodeVersion, WorkerLink.LastNumber, []);
    }

    private async Task LetGoHereAsync(PartitionKey key, long epoch)
    {
        if (!_hosted.TryGetValue(key, out var hosted) || hosted.Runner.Epoch >= epoch) return;
        var letGo = new WorkerMail.LetGo();
        hosted.Runner.Post(letGo);
        await Task.WhenAny(letGo.Gone, Task.Delay(LongestLeave, TimeProvider.System)).ConfigureAwait(false);
        _hosted.TryRemove(new KeyValuePair<PartitionKey, HostedPartition>(key, hosted));
        hosted.Leave();
        hosted.Drop();

        // What was reported to the runner before has been passed on behind this.
        await PassBarrierAsync([hosted]).ConfigureAwait(false);
    }

    /// <summary>There may be jobs for this silo's worker.</summary>
    internal void Come(PartitionKey key)
    {
        if (!_isDraining && !_hosted.ContainsKey(key)) Links.Reach(key, thereIsWork: true);
    }

    /// <summary>A worker in another process reports to a partition here.</summary>
    /// <exception cref="PartitionLostException">The partition is not served here any more.</exception>
    internal async Task<WorkerOrders> ExchangeAsync(HostedPartition partition, WorkerReport report)
    {
        // What a dead silo has sent before comes after it is known to be dead, and must bring nothing back to life.
        if (!_calls.MayLive(report.Worker)) return new WorkerOrders { IsTaken = false };
        if (report.Worker == Links.Id) return TakeFromHere(partition, report);
        var exchange = new WorkerMail.Exchange(report);
        partition.Runner.Post(exchange);
        return await exchange.Answer.ConfigureAwait(false);
    }

    /// <summary>
    /// A report of this silo's own, from a link that is gone or about to go, because the partition is here now. What it tells counts; what it would be
    /// given, nobody would ever run.
    /// </summary>
    private static WorkerOrders TakeFromHere(HostedPartition partition, WorkerReport report)
    {
        foreach (var ended in report.Outcomes)
            partition.Runner.Post(new PartitionMail.Outcome(ended.Delivery.Job, ended.Delivery.Number, ended.Happened));
        return new WorkerOrders { IsTaken = true };
    }

    /// <summary>A silo is dead, and its worker with it: what it had returns at once.</summary>
    internal void WorkerDied(string worker)
    {
        foreach (var hosted in _hosted.Values) hosted.Runner.Post(new WorkerMail.Lost(worker));
    }

    /// <summary>Silos have joined, or can do other things than before.</summary>
    internal void CallAgain()
    {
        foreach (var hosted in _hosted.Values) hosted.Runner.Post(WorkerMail.CallAgain.Instance);
    }

    void IPartitionWorkers.Unwritten(JobRecord running, JobEvent happened)
    {
        // Those that run elsewhere tell the next owner themselves.
        if (running.Worker == Settings.WorkerName) Links.Ended(running, happened);
    }

    void IPartitionWorkers.WorkerSilent(string worker) => _calls.Forget(worker);

    void IPartitionWorkers.WorkLeft(PartitionKey partition)
    {
        _calls.CallSilos(partition);
        _ = CallAgainLaterAsync(partition);
    }

    void IPartitionWorkers.Nudge(PartitionKey partition, string worker) => _calls.Nudge(partition, worker);

    private async Task CallAgainLaterAsync(PartitionKey partition)
    {
        await Task.Delay(CallPeriod, TimeProvider.System).ConfigureAwait(false);
        if (_hosted.TryGetValue(partition, out var hosted)) hosted.Runner.Post(WorkerMail.CallAgain.Instance);
    }

    private void LookForSilent()
    {
        var isForAll = ++_looks % LooksPerLookAtAll == 0;
        foreach (var hosted in _hosted.Values)
        {
            if (hosted.Runner.HasWorkersOfUnknownLife || (isForAll && hosted.Runner.HasWorkersElsewhere)) hosted.Runner.Post(WorkerMail.LookForSilent.Instance);
        }
    }

    private WorkerOffer OfferOf(IReadOnlyCollection<string> tasks) => new(Settings.WorkerName, tasks, Settings.CodeVersion, null);

    private void BeginOpening(PartitionKey key)
    {
        lock (_openingGate) _opening[key] = [];
    }

    /// <summary>From now on ends of jobs go to the partition here.</summary>
    private void Seat(HostedPartition hosted)
    {
        _hosted[hosted.Key] = hosted;
        if (!_ownedElsewhere.TryGetValue(hosted.Key, out var epoch) || epoch <= hosted.Runner.Epoch) return;

        // Somebody has claimed it while it was opened here.
        hosted.Runner.Post(new WorkerMail.LetGo());
        _hosted.TryRemove(new KeyValuePair<PartitionKey, HostedPartition>(hosted.Key, hosted));
        throw new PartitionLostException(hosted.Key);
    }

    private IEnumerable<RunningJob> EndedMeanwhile(PartitionKey key)
    {
        lock (_openingGate) return _opening.TryGetValue(key, out var kept) ? [.. kept.Select(ended => ended.Job)] : [];
    }

    /// <summary>Passes on what has ended meanwhile: here if the partition is open, else to whoever has it.</summary>
    private void EndOpening(PartitionKey key, HostedPartition? hosted)
    {
        List<(RunningJob Job, JobEvent Ending)> kept;
        lock (_openingGate)
        {
            _opening.Remove(key, out var ended);
            kept = ended ?? [];
        }

        foreach (var (job, ending) in kept)
        {
            if (hosted is null) Links.Ended(job.Record, ending);
            else hosted.Runner.Post(new PartitionMail.Outcome(job.Id, job.Record.Deliveries, ending));
        }
    }

    /// <summary>An attempt has ended of a partition that is not served here, or not yet.</summary>
    private void ReportElsewhere(RunningJob job, JobEvent ending)
    {
        if (job.Committing is { } transaction)
        {
            // The owner that could commit it together with the job's end is gone, so the attempt has not been.
            transaction.Abandon();
            ending = new JobEvent.GivenBack();
        }

        if (job.IsLeft) return;
        lock (_openingGate)
        {
            if (_opening.TryGetValue(job.Record.Partition, out var kept))
            {
                kept.Add((job, ending));
                return;
            }
        }

        Links.Ended(job.Record, ending);
    }

    /// <summary>
    /// Asks everybody what is still running of a partition, and takes what the store confirms: it knows of the start, or has the job as it was
    /// before. What this silo runs itself, and the store does not confirm, is told to stop.
    /// </summary>
    private async Task<(List<JobRecord> Held, List<RemoteWorker> Workers, List<PartitionMail> Ended)> FindHeldAsync(
        PartitionKey key, PartitionOpening opening, QueueWorker? worker, CancellationToken cancellation)
    {
        await LetGoHereAsync(key, opening.Epoch).ConfigureAwait(false);
        var elsewhere = await _calls.AskHeldAsync(key, opening.Epoch, cancellation).ConfigureAwait(false);
        var held = new Dictionary<JobId, JobRecord>();
        var workers = new List<RemoteWorker>();
        foreach (var theirs in elsewhere)
        {
            if (theirs.Jobs.Count == 0 && theirs.LastReport == 0) continue;
            var remote = new RemoteWorker(theirs.Worker, new WorkerOffer(theirs.Name, [], theirs.CodeVersion, null));
            remote.Knew(theirs.LastReport);
            foreach (var job in await ConfirmAsync(theirs, cancellation).ConfigureAwait(false))
            {
                if (held.TryAdd(job.Id, job)) remote.Give(job);
            }

            workers.Add(remote);
        }

        // First the link, which starts nothing any more; then the worker: what ends after the look at it has been kept by then.
        var ended = Links.End(key);
        var running = RunningOf(key, worker);
        running.AddRange(EndedMeanwhile(key));
        var here = running.Select(job => new HeldJob(new JobDelivery(job.Id, job.Record.Deliveries), job.Record.StartedAt ?? job.Record.RunAt))
            .Concat(ended.Select(outcome => new HeldJob(outcome.Delivery, outcome.StartedAt))).DistinctBy(job => job.Delivery);
        var mine = await ConfirmAsync(new HeldJobs(Links.Id, Settings.WorkerName, Settings.CodeVersion, 0, [.. here]), cancellation).ConfigureAwait(false);
        foreach (var job in mine) held.TryAdd(job.Id, job);
        foreach (var job in running)
        {
            if (!held.TryGetValue(job.Id, out var confirmed) || confirmed.Deliveries != job.Record.Deliveries) job.Leave();
        }

        workers.AddRange(Awaited(opening, held));
        return ([.. held.Values], workers, [.. ended.Select(o => new PartitionMail.Outcome(o.Delivery.Job, o.Delivery.Number, o.Happened))]);
    }

    private static List<RunningJob> RunningOf(PartitionKey key, QueueWorker? worker) =>
        worker?.Running.Where(job => job.Id.Partition == key.Number && !job.IsLeft && job.Reason is not CancelReason.JobEnded).ToList() ?? [];

    /// <summary>Workers outside of the silos, as far as jobs are recorded as theirs: they have the time of their heartbeat to report.</summary>
    private static IEnumerable<RemoteWorker> Awaited(PartitionOpening opening, Dictionary<JobId, JobRecord> held)
    {
        var recorded = opening.Started.Where(job => job is { State: JobState.Running, Heartbeat: not null, Worker: not null } && !held.ContainsKey(job.Id));
        foreach (var jobs in recorded.GroupBy(job => job.Worker!))
        {
            var worker = new RemoteWorker(jobs.Key, new WorkerOffer(jobs.Key, [], null, jobs.Max(job => job.Heartbeat)));
            foreach (var job in jobs) worker.Give(job);
            yield return worker;
        }
    }

    private async Task<IReadOnlyList<JobRecord>> ConfirmAsync(HeldJobs held, CancellationToken cancellation)
    {
        var confirmed = new List<JobRecord>(held.Jobs.Count);
        foreach (var job in held.Jobs)
        {
            var stored = await Store.FindAsync(job.Delivery.Job, cancellation).ConfigureAwait(false);
            if (held.Confirm(job, stored, _machine) is { } record) confirmed.Add(record);
        }

        return confirmed;
    }

    /// <summary>A silo may have died between its answer and now, and nobody would tell again.</summary>
    private void LookForDead(HostedPartition hosted, List<RemoteWorker> workers)
    {
        foreach (var worker in workers.Where(w => w.Offer.Heartbeat is null && !_calls.MayLive(w.Id)))
            hosted.Runner.Post(new WorkerMail.Lost(worker.Id));
    }
}

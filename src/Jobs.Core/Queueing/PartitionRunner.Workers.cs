namespace Jobs.Core;

/// <content>
/// Workers in other processes. They report what they have, and get jobs with the answer, behind this process's own worker. Nothing is promised:
/// a worker sets slots aside for one report, and what it does not name in its next one it has never received.
/// </content>
internal sealed partial class PartitionRunner
{
    /// <summary>Links report far more often.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, RemoteWorker> _workers = new(StringComparer.Ordinal);
    private readonly List<WorkerMail.Exchange> _exchanges = [];
    private volatile bool _hasWorkersOfUnknownLife;
    private volatile bool _hasWorkersElsewhere;
    private bool _called;

    /// <summary>Whether workers may be found elsewhere, so that it is worth telling that work is left.</summary>
    internal bool CallsWorkers { get; init; }

    /// <summary>Whether workers in other processes are known.</summary>
    internal bool HasWorkersElsewhere => _hasWorkersElsewhere;

    /// <summary>How long a worker that lives and has jobs may be silent before it is asked to report; default 10 s.</summary>
    internal TimeSpan SilentAfter { get; init; } = LongestSilence;

    /// <summary>Whether somebody has to look now and then whether workers have fallen silent.</summary>
    internal bool HasWorkersOfUnknownLife => _hasWorkersOfUnknownLife;

    internal void ApplyExchange(WorkerMail.Exchange exchange, DateTimeOffset now)
    {
        var report = exchange.Report;
        if (!_workers.TryGetValue(report.Worker, out var worker) && report.Offer is { } offer) Know(worker = new RemoteWorker(report.Worker, offer));
        if (worker?.Hear(report) != true)
        {
            exchange.Succeed(new WorkerOrders { IsTaken = false, WantsOffer = report.Offer is null });
            return;
        }

        Know(worker);
        foreach (var missing in worker.Missing(report))
        {
            worker.Forget(missing);
            ApplyOutcome(missing.Job, missing.Number, new JobEvent.GivenBack(), now);
        }

        exchange.Awaits = report.Outcomes.Count + 1;
        foreach (var outcome in report.Outcomes) ApplyRemoteOutcome(new WorkerMail.Outcome(exchange, outcome), exchange, outcome, now);
        exchange.Sink = new ExchangeSink(worker, report.IsLast ? 0 : report.Slots, report.TaskSlots);
        _exchanges.Add(exchange);
    }

    internal void ApplyRemoteOutcome(WorkerMail.Outcome mail, WorkerMail.Exchange exchange, WorkerOutcome outcome, DateTimeOffset now)
    {
        var delivery = outcome.Delivery;
        var worker = _workers.GetValueOrDefault(exchange.Report.Worker);
        if (worker is not null && worker.Has(delivery) && _partition.IsWith(delivery, worker.Offer.Name))
        {
            var plan = _partition.Plan(delivery.Job, outcome.Happened, now, delivery.Number);
            if (plan.Verdict is PlanVerdict.Staged) _staged.Add(plan.Change!);
            if (plan.Verdict is PlanVerdict.Staged or PlanVerdict.Busy)
            {
                // Looked at once more when that is settled: if it was committed, nothing is left to do then.
                Behind(plan.Change!, mail);
                return;
            }

            _partition.HandlerEnded(delivery.Job, delivery.Number, now);
        }

        worker?.Forget(delivery);
        Awaited(exchange);
    }

    internal void ApplyHandedOver(HandOverUnit unit, CommitVerdict verdict, DateTimeOffset now)
    {
        _underWay--;
        if (verdict is not (CommitVerdict.Committed or CommitVerdict.Failed))
        {
            Lose();
            RefuseExchange(unit.Exchange);
            return;
        }

        if (verdict is CommitVerdict.Committed) _partition.Trust(unit.Doubt);
        var worker = _workers.GetValueOrDefault(unit.Exchange.Report.Worker);
        foreach (var job in unit.Jobs)
        {
            var delivery = new JobDelivery(job.Id, job.Deliveries);
            if (verdict is CommitVerdict.Committed && _partition.IsWanted(delivery) && worker?.Has(delivery) == true)
            {
                unit.Exchange.Jobs.Add(job);
                continue;
            }

            worker?.Forget(delivery);
            ApplyOutcome(job.Id, job.Deliveries, new JobEvent.GivenBack(), now);
        }

        Awaited(unit.Exchange);
    }

    internal void ApplyWorkerLost(string id, DateTimeOffset now)
    {
        if (!_workers.Remove(id, out var worker)) return;
        foreach (var delivery in worker.Held) ApplyOutcome(delivery.Job, delivery.Number, new JobEvent.WorkerLost(), now);
        CountWorkers();
    }

    /// <summary>By the system's time: it is about processes and not about jobs.</summary>
    internal void ApplyLookForSilent(DateTimeOffset now)
    {
        // It lives, or others would say so; if it has lost its link, and with it an answer, the report of a new one says what it did not get.
        foreach (var worker in _workers.Values.Where(w => w is { Offer.Heartbeat: null, HeldJobs: > 0 } && IsSilentFor(w, SilentAfter)))
            _events.Nudge(Key, worker.Id);
        var silent = _workers.Values.Where(w => w.Offer.Heartbeat is { } heartbeat && IsSilentFor(w, heartbeat)).ToList();
        foreach (var worker in silent)
        {
            WorkerLog.WorkerSilent(_log, worker.Offer.Name, Key, worker.HeldJobs, worker.Offer.Heartbeat!.Value.TotalSeconds);
            ApplyWorkerLost(worker.Id, now);
            _events.WorkerSilent(worker.Id);
        }
    }

    private static bool IsSilentFor(RemoteWorker worker, TimeSpan time) => TimeProvider.System.GetElapsedTime(worker.HeardAt) > time;

    internal void ApplyCallAgain() => _called = false;

    internal AttemptNotes? NotesOf(JobId id) => _partition.Find(id) is { } job ? HolderOf(job)?.NotesOf(new JobDelivery(id, job.Deliveries)) : null;

    internal void RefuseExchange(WorkerMail.Exchange exchange) => exchange.Fail(WhyRefused("hand out jobs"));

    internal void RefuseHandedOver(HandOverUnit unit)
    {
        _underWay--;
        RefuseExchange(unit.Exchange);
    }

    private void RefuseExchanges()
    {
        foreach (var exchange in _exchanges) RefuseExchange(exchange);
        _exchanges.Clear();
    }

    /// <summary>A page could not be read, so nobody waits for what it may bring.</summary>
    private void PutOffWorkers()
    {
        foreach (var exchange in _exchanges) Awaited(exchange);
        _exchanges.Clear();
    }

    private void Know(RemoteWorker worker)
    {
        _workers[worker.Id] = worker;
        worker.HeardAt = TimeProvider.System.GetTimestamp();
        CountWorkers();
    }

    private void CountWorkers()
    {
        _hasWorkersElsewhere = _workers.Count > 0;
        _hasWorkersOfUnknownLife = _workers.Values.Any(w => w.Offer.Heartbeat is not null);
    }

    /// <summary>The worker elsewhere that has a job; null if none has.</summary>
    private RemoteWorker? HolderOf(JobRecord job)
    {
        if (_workers.Count == 0) return null;
        var delivery = new JobDelivery(job.Id, job.Deliveries);
        return _workers.Values.FirstOrDefault(worker => worker.Has(delivery));
    }

    private void StopHandler(JobRecord running)
    {
        if (HolderOf(running) is { } worker) _events.Nudge(Key, worker.Id);
        else _events.StopHandler(Key, running.Id);
    }

    private void ServeWorkers(DateTimeOffset now)
    {
        for (var i = 0; i < _exchanges.Count; i++)
        {
            if (!Serve(_exchanges[i], now)) continue;
            Awaited(_exchanges[i]);
            _exchanges.RemoveAt(i--);
        }

        if (CallsWorkers || _workers.Count > 0) CallWorkers();
    }

    /// <summary>Gives the worker what there is; false if something may come yet from a page that is on its way.</summary>
    private bool Serve(WorkerMail.Exchange exchange, DateTimeOffset now)
    {
        if (!_workers.TryGetValue(exchange.Report.Worker, out var worker) || worker.LastReport != exchange.Report.Number) return true;
        var assignments = new List<Assignment>();
        _partition.Dispatch(exchange.Sink!, now, assignments);
        if (assignments.Count == 0) return exchange.Report.Slots == 0 || !_partition.IsReadingFor(exchange.Sink!);
        _wasReady = true;
        foreach (var assignment in assignments) worker.Give(assignment.Job);
        var jobs = assignments.ConvertAll(a => a.Job);
        var first = jobs.FindAll(job => job.Heartbeat is not null || _partition.IsRecovered(job));
        exchange.Jobs.AddRange(jobs.Except(first));
        if (first.Count == 0) return true;
        exchange.Awaits++;
        Submit(new HandOverUnit(this, exchange, first));
        return true;
    }

    /// <summary>Something that an answer waited for is there.</summary>
    private void Awaited(WorkerMail.Exchange exchange)
    {
        if (--exchange.Awaits > 0) return;
        var report = exchange.Report;
        if (!_workers.TryGetValue(report.Worker, out var worker) || worker.LastReport != report.Number)
        {
            // It counts as lost since, or has given up this report; what it was given by it is taken back.
            exchange.Succeed(new WorkerOrders { IsTaken = false, WantsOffer = worker is null });
            return;
        }

        worker.IsTold = !report.IsLast && _partition.Peek(exchange.Sink!) is not null;
        if (report.IsLast && worker.HeldJobs == 0) _workers.Remove(worker.Id);
        CountWorkers();
        exchange.Succeed(new WorkerOrders
        {
            Jobs = exchange.Jobs,
            Stop = [.. report.Running.Where(d => !worker.Has(d) || !_partition.IsWanted(d))],
            HasMore = worker.IsTold,
        });
    }

    private void CallWorkers()
    {
        if (!_partition.HasReady) return;
        foreach (var worker in _workers.Values)
        {
            if (worker.IsTold || !worker.IsKnown || _partition.Peek(worker.Eyes) is null) continue;
            worker.IsTold = true;
            _events.Nudge(Key, worker.Id);
        }

        if (_called || !CallsWorkers) return;
        _called = true;
        _events.WorkLeft(Key);
    }
}

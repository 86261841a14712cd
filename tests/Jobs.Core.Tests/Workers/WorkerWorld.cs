using Jobs.Conformance;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Core.Tests.Workers;

/// <summary>
/// One partition, which changes its owner, and workers elsewhere, who die and are replaced, driven by one seed. Requests are lost, late, or come
/// when another one has come already; answers are lost. No job may run on two living workers, and none that has ended well on one may run again.
/// </summary>
internal sealed class WorkerWorld : UnheardEvents, IAsyncDisposable
{
    private const int MaxJobs = 60;

    private static readonly PartitionKey Key = new(QueueName.Default, 0);

    private readonly Random _random;
    private readonly InMemoryJobStore _store = new();
    private readonly CommitPipeline _pipeline;
    private readonly JobStateMachine _machine = new(JobLimits.Default);
    private readonly JobsMetrics _metrics = new();
    private readonly RunEnvironment _environment;
    private readonly JobIdSource _ids;
    private readonly List<WorldWorker> _workers = [];
    private readonly List<WorkerMail.Exchange> _late = [];
    private readonly Dictionary<JobId, WorldWorker> _endedWell = [];
    private readonly List<JobId> _jobs = [];
    private readonly bool _isOutside;
    private PartitionRunner _runner;
    private int _owners;
    private int _born;

    internal WorkerWorld(int seed)
    {
        _random = new Random(seed);
        _isOutside = seed % 2 == 1;
        _pipeline = new CommitPipeline(_store, new CommitLimits());
        _environment = new RunEnvironment(
            null!, JsonPayloadCodec.Default, JobLimits.Default, TimeProvider.System, new Random(1), _metrics, NullLogger.Instance);
        _ids = new JobIdSource(TimeProvider.System, _random);
        _runner = Open([]);
        while (_workers.Count < 3) AddWorker();
    }

    internal int Runs { get; private set; }

    internal int Deaths { get; private set; }

    internal int Owners => _owners;

    public async ValueTask DisposeAsync()
    {
        await _runner.DisposeAsync();
        await _store.DisposeAsync();
        _metrics.Dispose();
    }

    internal async Task RunAsync(int steps)
    {
        for (var step = 0; step < steps; step++) await TakeStepAsync();
        for (var rounds = 0; ; rounds++)
        {
            Assert.True(rounds < 20 * MaxJobs, "Some jobs are stuck.");
            foreach (var worker in _workers) await CalmlyAsync(worker);
            if (_workers.TrueForAll(w => w.Jobs.Count == 0 && w.Link.IsAtRest) && await AllEndedAsync()) break;
        }

        Assert.All(_workers, worker => Assert.True(worker.HasAllSlots, $"{worker.Id} has lost slots."));
    }

    private async Task TakeStepAsync()
    {
        var worker = _workers[_random.Next(_workers.Count)];
        switch (_random.Next(100))
        {
            case < 15: Enqueue(); break;
            case < 35: Report(worker); break;
            case < 55: Send(worker); break;
            case < 75: Answer(worker); break;
            case < 90: EndOne(worker); break;
            case < 94: SendLate(); break;
            case < 98: await TakeOverAsync(); break;
            default: Kill(worker); break;
        }
    }

    private void Enqueue()
    {
        if (_jobs.Count == MaxJobs) return;
        var terms = new JobTerms
        {
            Task = _random.Next(3) == 0 ? WorldWorker.Narrow : "wide",
            Queue = Key.Queue,
            GroupKey = _random.Next(3) == 0 ? "group" : null,
            MaxAttempts = 1000,
        };
        var now = TimeProvider.System.GetUtcNow();
        var job = new JobRecord
        {
            Id = _ids.Next(Key.Queue, 0),
            Terms = terms,
            Payload = default,
            State = JobState.Pending,
            Sequence = _runner.TakeSequence(1),
            EnqueuedAt = now,
            RunAt = now,
        };
        _jobs.Add(job.Id);
        _pipeline.Submit(new EnqueueUnit([_runner.Change(new JobTransition(null, job))], [_runner]));
    }

    private static void Report(WorldWorker worker)
    {
        if (worker.UnderWay is not null) return;
        worker.UnderWay = new WorkerMail.Exchange(worker.Link.Next());
        worker.IsSent = false;
    }

    private void Send(WorldWorker worker)
    {
        if (worker.UnderWay is not { } exchange || worker.IsSent) return;
        worker.IsSent = true;
        if (_random.Next(4) > 0) _runner.Post(exchange);
        else _late.Add(exchange);
    }

    /// <summary>What was taken for lost comes after all.</summary>
    private void SendLate()
    {
        if (_late.Count == 0) return;
        var exchange = _late[_random.Next(_late.Count)];
        _late.Remove(exchange);
        if (_workers.Exists(w => w.Id == exchange.Report.Worker)) _runner.Post(exchange);
    }

    private void Answer(WorldWorker worker)
    {
        if (worker.UnderWay is not { } exchange || !worker.IsSent) return;
        worker.UnderWay = null;
        if (exchange.Answer.IsCompletedSuccessfully && _random.Next(4) > 0) worker.Link.Answered(exchange.Report, exchange.Answer.Result);
        else worker.Link.Unanswered(exchange.Report);
    }

    private void EndOne(WorldWorker worker)
    {
        if (worker.Jobs.Count > 0) End(worker, worker.Jobs[_random.Next(worker.Jobs.Count)], isCalm: false);
    }

    private void End(WorldWorker worker, RunningJob job, bool isCalm)
    {
        var now = TimeProvider.System.GetUtcNow();
        var kind = isCalm ? 2 : _random.Next(10);
        if (kind > 1 && job.Reason is CancelReason.None) _endedWell[job.Id] = worker;
        worker.End(job, kind switch
        {
            0 => new JobEvent.Failed(new JobError(job.Attempt, now, "E", "as it was told to"), now, true),
            1 => new JobEvent.GivenBack(),
            _ => JobEvent.Succeeded.Plain,
        });
    }

    private async Task TakeOverAsync()
    {
        var letGo = new WorkerMail.LetGo();
        _runner.Post(letGo);
        await letGo.Gone.Soon();
        _runner = Open([.. _workers.Select(worker => worker.Link.Held(worker.Offer()))]);
    }

    private PartitionRunner Open(List<HeldJobs> answers)
    {
        var claim = _store.ClaimAsync(Key, new OwnershipClaim($"owner-{++_owners}", TimeSpan.FromSeconds(5), EvenIfHeld: true), default);
        var opening = ((PartitionClaim.Granted)claim.AsTask().Result).Opening;
        var held = new List<JobRecord>();
        var remotes = new List<RemoteWorker>();
        foreach (var answer in answers)
        {
            var remote = new RemoteWorker(answer.Worker, new WorkerOffer(answer.Name, [], null, null));
            remote.Knew(answer.LastReport);
            foreach (var job in answer.Jobs)
            {
                if (answer.Confirm(job, _store.FindAsync(job.Delivery.Job, default).AsTask().Result, _machine) is not { } record) continue;
                Assert.DoesNotContain(held, h => h.Id == record.Id);
                held.Add(record);
                remote.Give(record);
            }

            remotes.Add(remote);
        }

        var partition = new QueuePartition(Key, PollStrategy.Fifo, new PartitionLimits(), _machine);
        var runner = new PartitionRunner(partition, opening.Epoch, _store, _pipeline, this, TimeProvider.System, NullLogger.Instance) { CallsWorkers = true };
        runner.Open(opening, TimeProvider.System.GetUtcNow(), opening.LastSequence, held, remotes);
        runner.Post(PartitionMail.Wake.Instance);
        return runner;
    }

    private void AddWorker() => _workers.Add(new WorldWorker(
        $"worker-{++_born}", _random.Next(1, 4), Key, _isOutside ? TimeSpan.FromHours(1) : null, _environment, Started));

    private void Kill(WorldWorker worker)
    {
        _workers.Remove(worker);
        Deaths++;
        foreach (var (job, _) in _endedWell.Where(pair => pair.Value == worker).ToList()) _endedWell.Remove(job);
        _runner.Post(new WorkerMail.Lost(worker.Id));
        AddWorker();
    }

    private void Started(WorldWorker worker, JobRecord job)
    {
        Runs++;
        var others = _workers.Where(other => other != worker && other.Jobs.Exists(running => running.Id == job.Id)).Select(other => other.Id).ToList();
        Assert.True(others.Count == 0, $"{job.Id} runs on {worker.Id} and on {string.Join(", ", others)}.");
        Assert.True(worker.Jobs.Count(running => running.Id == job.Id) == 1, $"{job.Id} runs twice on {worker.Id}.");
        Assert.False(_endedWell.ContainsKey(job.Id), $"{job.Id} has ended well on {_endedWell.GetValueOrDefault(job.Id)?.Id} and runs again on {worker.Id}.");
        if (job.Terms.GroupKey is null) return;
        var ofGroup = _workers.Sum(w => w.Jobs.Count(running => running.Record.Terms.GroupKey is not null));
        Assert.True(ofGroup == 1, $"{ofGroup} jobs of a group run at a time.");
    }

    private async Task CalmlyAsync(WorldWorker worker)
    {
        if (worker.UnderWay is { } exchange)
        {
            worker.UnderWay = null;
            worker.Link.Unanswered(exchange.Report);
        }

        var calm = new WorkerMail.Exchange(worker.Link.Next());
        _runner.Post(calm);

        // As a rule it is answered at once; but the timer that writes starts may have the partition's turn just now.
        worker.Link.Answered(calm.Report, await calm.Answer.Soon());
        foreach (var job in worker.Jobs.ToList()) End(worker, job, isCalm: true);
    }

    private async Task<bool> AllEndedAsync()
    {
        foreach (var job in _jobs)
        {
            if ((await _store.FindAsync(job, default))?.State is not JobState.Completed) return false;
        }

        return true;
    }
}

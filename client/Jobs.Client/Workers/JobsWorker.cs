using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Jobs.Core;
using Jobs.Grains.Contracts;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Jobs.Client.Workers;

/// <summary>
/// Runs jobs of a cluster in a process outside of its silos. It reports to every partition of its queues, which is its heartbeat too; what it runs
/// is given up when an owner has not answered for as long as the owner waits for it.
/// </summary>
internal sealed class JobsWorker : IJobWorker, IAsyncDisposable
{
    /// <summary>How long a stop tries to tell the owners what has ended.</summary>
    private static readonly TimeSpan LongestTelling = TimeSpan.FromSeconds(10);

    /// <summary>How often it is looked how many partitions a queue has, which may become more.</summary>
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<QueueName, Lazy<QueueWorker?>> _workers = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly EngineSettings _settings;
    private readonly IGrainFactory _grains;
    private readonly IJobClient _client;
    private readonly JobsMetrics _metrics;
    private readonly RunEnvironment _environment;
    private readonly TaskLimits _taskLimits;
    private readonly TaskRunner _runner;
    private readonly EngineEvents _handlers;
    private readonly WorkerLinks _links;
    private readonly WorkerOffer _nothing;
    private IJobWorker? _reference;
    private Task _looking = Task.CompletedTask;

    internal JobsWorker(EngineSettings settings, IGrainFactory grains, IJobClient client, LinkTimes times)
    {
        _settings = settings;
        _grains = grains;
        _client = client;

        // A restarted process is another worker: what the one before had is lost with it.
        var life = RandomNumberGenerator.GetInt32(int.MaxValue).ToString("x8", CultureInfo.InvariantCulture);
        Name = $"{settings.WorkerName}#{life}";
        _nothing = new WorkerOffer(Name, [], settings.CodeVersion, times.Heartbeat) { StartedAt = settings.Clock.GetUtcNow() };
        _metrics = new JobsMetrics(settings.MetricNames);
        _environment = new RunEnvironment(
            settings.Services, settings.Codec, settings.Limits, settings.Clock, settings.Random, _metrics, settings.Log);
        _taskLimits = new TaskLimits(settings.Registry);
        _runner = new TaskRunner(settings.Registry, settings.RunMiddleware, settings.OnUnknownTask, _environment);
        var health = new EngineHealth(settings.Clock, () => [], _metrics, settings.Log);
        _handlers = new EngineEvents(settings, new ResultWaiters(), _metrics, health, static _ => null, static _ => { });
        var gate = new GrainGate(grains, () => _reference!);
        _links = new WorkerLinks(Name, WorkerOf, OfferOf, gate, times, settings.Log);
    }

    /// <summary>The worker's name, which no other one has, nor an earlier life of this one.</summary>
    internal string Name { get; }

    internal TaskRegistry Registry => _settings.Registry;

    private IEnumerable<QueueWorker> Workers => _workers.Values.Select(w => w.Value).OfType<QueueWorker>();

    private IEnumerable<RunningJob> RunningJobs => Workers.SelectMany(w => w.Running);

    /// <summary>The queues that were described, those that handled tasks name, and the default one.</summary>
    private IEnumerable<QueueName> Queues => _settings.Queues.Keys
        .Concat(Registry.All.Select(r => r.Task.Options.Queue).OfType<QueueName>()).Append(QueueName.Default).Distinct();

    /// <summary>Begins to take jobs. Does not wait for the cluster: it is tried until it can be reached.</summary>
    internal void Start()
    {
        foreach (var module in _settings.Modules) module.Register(Registry);
        Registry.Changed += OnHandlersChanged;
        Bind();
        _reference = _grains.CreateObjectReference<IJobWorker>(this);
        _looking = Task.Run(LookForPartitionsAsync);
    }

    public Task ComeAsync(QueueName queue, int partition)
    {
        _links.Reach(new PartitionKey(queue, partition), thereIsWork: true);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Takes no new jobs, lets running ones finish for the drain time, then tells their handlers to stop and gives the rest back without using an
    /// attempt; returns when the owners know of everything, or cannot be reached.
    /// </summary>
    internal async Task StopAsync(CancellationToken cancellation)
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _looking.ConfigureAwait(false);
        foreach (var worker in Workers) worker.StopTaking();
        _links.SignalAll();
        if (RunningJobs.Any()) WorkerLog.Draining(_settings.Log, RunningJobs.Count(), _settings.DrainTime.TotalSeconds);
        if (!await _handlers.WaitForHandlersAsync(() => !RunningJobs.Any(), _settings.DrainTime, cancellation).ConfigureAwait(false))
        {
            WorkerLog.DrainTimeOver(_settings.Log, RunningJobs.Count());
            foreach (var job in RunningJobs) job.Stop(CancelReason.Drain);
            await _handlers.WaitForHandlersAsync(() => !RunningJobs.Any(), _settings.StopTime, CancellationToken.None).ConfigureAwait(false);
        }

        foreach (var job in RunningJobs)
        {
            WorkerLog.HandlerAbandoned(_settings.Log, job.Id, job.Task);
            _links.Ended(job.Record, new JobEvent.GivenBack());
            job.Leave();
        }

        await _links.StopAsync(LongestTelling).ConfigureAwait(false);
        Registry.Changed -= OnHandlersChanged;
        foreach (var registration in Registry.All) registration.Task.Unbind(_client);
    }

    /// <summary>Stops without telling anybody, as a process that is killed.</summary>
    internal void Abandon()
    {
        _stop.Cancel();
        foreach (var worker in Workers) worker.StopTaking();
        _links.Abandon();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _settings.Store.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
        _stop.Dispose();
    }

    private async Task LookForPartitionsAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var delay = LookPeriod;
            try
            {
                foreach (var queue in Queues.Where(queue => WorkerOf(queue) is not null))
                {
                    var description = await _grains.GetGrain<IJobDirectory>(0).DescribeQueueAsync(queue).WaitAsync(_stop.Token).ConfigureAwait(false);
                    for (var number = 0; number < description.Partitions; number++)
                    {
                        var key = new PartitionKey(queue, number);
                        if (_links.Find(key) is null) _links.Reach(key, thereIsWork: false);
                    }
                }
            }
            catch (Exception e)
            {
                if (_stop.IsCancellationRequested) return;
                WorkerLog.ClusterNotReached(_settings.Log, e, Name);
                delay = Pause;
            }

            await Task.Delay(delay, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private WorkerOffer OfferOf(ILinkedWorker worker) => _nothing with { Tasks = worker.OfferedTasks, Concurrency = worker.Concurrency };

    private QueueWorker? WorkerOf(QueueName queue) => _workers.GetOrAdd(queue, static (name, self) => new(() => self.Make(name)), this).Value;

    private QueueWorker? Make(QueueName queue)
    {
        var concurrency = (_settings.Queues.GetValueOrDefault(queue) ?? new QueueOptions()).Concurrency;
        return concurrency == 0
            ? null
            : new QueueWorker(
                Name, concurrency, Registry, _taskLimits, _settings.OnUnknownTask, _runner, _environment, Report, _handlers.SignalHandlerEnded,
                _handlers.StartedHook)
            { CodeVersion = _settings.CodeVersion };
    }

    private void Report(RunningJob job, JobEvent ending, bool taskHasLimit)
    {
        if (!job.IsLeft) _links.Ended(job.Record, ending);
        _links.SlotFreed(job.Queue, taskHasLimit);
    }

    private void OnHandlersChanged()
    {
        Bind();
        _links.SignalAll();
    }

    private void Bind()
    {
        if (!_settings.BindTasks) return;
        foreach (var registration in Registry.All) registration.Task.Bind(_client);
    }
}

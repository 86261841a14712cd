using System.Collections.Concurrent;

namespace Jobs.Core;

/// <summary>
/// Runs the jobs of one queue in this process on a bounded number of slots. A slot is taken by the partition before it hands out a job,
/// and is free again when the handler has returned; committing the outcome needs none.
/// </summary>
/// <remarks>
/// Jobs wait for a thread only, never for a slot. A loop on the thread pool takes one after another; each loop that finds more work
/// first asks for one further loop, so handlers that block get threads, and handlers that return at once need two or three of them.
/// </remarks>
internal sealed partial class QueueWorker : IJobSink, ILinkedWorker, IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<RunningJob> _waiting = new();
    private readonly Lock _runningGate = new();
    private readonly Dictionary<JobId, RunningJob> _running = [];
    private readonly TaskLimits _taskLimits;
    private readonly TaskRunner _runner;
    private readonly TaskRegistry _registry;
    private readonly RunEnvironment _environment;
    private readonly bool _takesUnknown;
    private readonly bool _runsOnDemand;
    private readonly Action<RunningJob, JobEvent, bool> _report;
    private readonly Action _ended;
    private readonly Action<JobRecord>? _started;
    private int _free;
    private int _concurrency;
    private int _loopAsked;
    private volatile bool _taking = true;

    internal QueueWorker(
        string worker, int concurrency, TaskRegistry registry, TaskLimits taskLimits, UnknownTaskPolicy onUnknownTask, TaskRunner runner,
        RunEnvironment environment,
        Action<RunningJob, JobEvent, bool> report, Action ended, Action<JobRecord>? started)
    {
        Worker = worker;
        _free = concurrency;
        _concurrency = concurrency;
        _registry = registry;
        _taskLimits = taskLimits;
        _runner = runner;
        _environment = environment;
        _takesUnknown = onUnknownTask is UnknownTaskPolicy.Discard or UnknownTaskPolicy.DeadLetter or UnknownTaskPolicy.Retry;
        _report = report;
        _ended = ended;
        _started = started;
    }

    public string Worker { get; }

    public string? CodeVersion { get; init; }

    /// <summary>Whether somebody asks for each job, who needs no slots.</summary>
    internal bool RunsOnDemand
    {
        init => _runsOnDemand = value;
    }

    /// <summary>
    /// Called when a partition gives back what it took and did not use, with whether a task's limit is among it: others may have looked for a
    /// slot meanwhile, and be asleep.
    /// </summary>
    internal Action<bool>? GivenBack { get; set; }

    /// <summary>Tells which tasks this process has no handler for on purpose.</summary>
    internal Func<string, bool>? IsLeftToOthers { get; init; }

    public IReadOnlyList<RunningJob> Running
    {
        get
        {
            lock (_runningGate) return [.. _running.Values];
        }
    }

    /// <summary>How many slots it has, taken or free.</summary>
    public int Concurrency => Volatile.Read(ref _concurrency);

    public bool Supports(string task) => (Concurrency > 0 || _runsOnDemand) && HasHandler(task);

    /// <summary>Has another number of slots from now on. If more are taken, those go as they become free.</summary>
    internal void SetConcurrency(int concurrency)
    {
        var before = Interlocked.Exchange(ref _concurrency, concurrency);
        Interlocked.Add(ref _free, concurrency - before);
    }

    private bool HasHandler(string task) => _registry.Find(task) is not null || (_takesUnknown && IsLeftToOthers?.Invoke(task) != true);

    public int ReserveSlots(int wanted)
    {
        while (_taking)
        {
            var free = Volatile.Read(ref _free);
            var taken = Math.Min(free, wanted);
            if (taken <= 0) return 0;
            if (Interlocked.CompareExchange(ref _free, free - taken, free) == free) return taken;
        }

        return 0;
    }

    public void ReleaseSlots(int count)
    {
        Interlocked.Add(ref _free, count);
        GivenBack?.Invoke(false);
    }

    public bool HasTaskRoom(string task) => _taskLimits.HasRoom(task);

    public bool TryReserveTask(string task) => _taskLimits.TryTake(task);

    public bool IsTaking => _taking;

    public void ReleaseTask(string task)
    {
        var hadLimit = _taskLimits.Release(task);
        Interlocked.Increment(ref _free);
        GivenBack?.Invoke(hadLimit);
    }

    public void Start(IReadOnlyList<Assignment> assignments)
    {
        lock (_runningGate)
        {
            foreach (var assignment in assignments)
            {
                var job = new RunningJob(assignment.Job, _environment);
                _running[job.Id] = job;
                _waiting.Enqueue(job);
            }
        }

        AskForLoop();
    }

    internal void StopTaking() => _taking = false;

    internal RunningJob? Find(JobId id)
    {
        lock (_runningGate) return _running.GetValueOrDefault(id);
    }

    void IThreadPoolWorkItem.Execute() => _ = LoopAsync();

    private void AskForLoop()
    {
        if (!_waiting.IsEmpty && Interlocked.Exchange(ref _loopAsked, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async Task LoopAsync()
    {
        Volatile.Write(ref _loopAsked, 0);
        while (_waiting.TryDequeue(out var job))
        {
            AskForLoop();
            JobEvent ending;
            try
            {
                _started?.Invoke(job.Record);
                ending = await _runner.RunAsync(job).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // Only a fault of this library comes here; the job must not be lost by it.
                WorkerLog.RunnerFailed(_environment.Log, e, job.Id);
                _environment.Metrics.WorkerError();
                ending = new JobEvent.Failed(
                    JobErrors.From(e, job.Attempt, _environment.Clock.GetUtcNow(), _environment.Limits), _environment.Clock.GetUtcNow(), true);
            }

            Finish(job, ending);
        }
    }

    private void Finish(RunningJob job, JobEvent ending)
    {
        var hadLimit = _taskLimits.Release(job.Task);
        Interlocked.Increment(ref _free);
        _report(job, ending, hadLimit);

        // Only now: a drain that finds no job running takes every end as reported.
        lock (_runningGate)
        {
            // Its end is known, so it may have been handed out anew.
            if (_running.TryGetValue(job.Id, out var current) && ReferenceEquals(current, job)) _running.Remove(job.Id);
        }

        _ended();
    }
}

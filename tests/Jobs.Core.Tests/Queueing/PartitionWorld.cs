namespace Jobs.Core.Tests.Queueing;

/// <summary>
/// A partition, a real store and the naive list beside each other, driven by one seed. Like the runner it works through mail in order and
/// then looks around; unlike the runner it lets commits, pages and mail lag behind each other in every order that can happen.
/// </summary>
internal sealed partial class PartitionWorld : IAsyncDisposable
{
    private static readonly PartitionKey Key = new(QueueName.Default, 0);

    private readonly Random _random;
    private readonly JobStateMachine _machine = new(JobLimits.Default);
    private readonly InMemoryJobStore _store = new();
    private readonly PartitionModel _model;
    private readonly PartitionLimits _limits;
    private readonly PollStrategy _strategy;
    private readonly JobIdSource _ids;
    private readonly JobTerms[] _terms;
    private readonly string[] _tasks;
    private readonly int _groups;
    private readonly double _lag;
    private readonly Queue<ModelUnit> _submitted = new();
    private readonly Queue<ModelUnit> _committed = new();
    private readonly Queue<Action> _mail = new();
    private readonly List<PageRequest> _unread = [];
    private readonly List<(PageRequest Request, IReadOnlyList<JobRecord> Jobs)> _read = [];
    private readonly List<(ModelJob Job, JobEvent.Asked Happened, long Find)> _finds = [];
    private readonly Dictionary<StagedChange, List<Action>> _behind = [];
    private readonly List<ModelSink> _sinks = [];
    private readonly List<ModelSink> _dead = [];
    private readonly List<ModelHandler> _zombies = [];
    private readonly List<Assignment> _assignments = [];
    private QueuePartition _partition;
    private ModelUnit? _heldBack;
    private long _epoch;
    private int _workers;
    private bool _calm;
    private DateTimeOffset _now = States.Sample.Now;

    internal PartitionWorld(int seed)
    {
        _random = new Random(seed);
        _strategy = (PollStrategy)(seed % 3);
        _lag = new[] { 0, 0.3, 0.9 }[_random.Next(3)];
        _limits = new PartitionLimits
        {
            WindowReadyJobs = _random.Next(4, 17),
            WindowDueJobs = _random.Next(4, 17),
            WindowGroupJobs = _random.Next(2, 5),
        };
        _tasks = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(i => $"task-{i}")];
        _groups = _random.Next(0, 4);
        _terms = [.. from task in _tasks from g in Enumerable.Range(-1, _groups + 1) select Terms(task, g)];
        _ids = new JobIdSource(new FrozenClock(), _random);
        _model = new PartitionModel(_strategy, _machine);
        _partition = Open();
        while (_sinks.Count < 2) AddSink();
    }

    internal int HandOuts { get; private set; }

    internal int Pages { get; private set; }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    internal void Run(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            _model.Step++;
            TakeStep();
            CheckBound();
        }

        Drain();
    }

    private void TakeStep()
    {
        switch (_random.Next(1000))
        {
            case < 170: Insert(); break;
            case < 470: Turn(_random.Next(1, 8)); break;
            case < 640: FinishHandler(); break;
            case < 740: Ask(); break;
            case < 860: Commit(_random.Next(1, 5), canFail: true); break;
            case < 890: _now += TimeSpan.FromSeconds(_random.Next(0, _random.Next(8) == 0 ? 60 : 4)); break;
            case < 920: ReadPage(); break;
            case < 950: PostPage(canFail: true); break;
            case < 965: WriteStarts(); break;
            case < 978: FindJob(); break;
            case < 985: ZombieReports(); break;
            case < 990: LoseWorker(); break;
            case < 992: Restart(); break;
            default: PostSettled(); break;
        }
    }

    private static JobTerms Terms(string task, int group) => new()
    {
        Task = task,
        Queue = QueueName.Default,
        GroupKey = group < 0 ? null : $"group-{group}",
        MaxAttempts = 4,
    };

    private static T Done<T>(ValueTask<T> call)
    {
        Check.That(call.IsCompletedSuccessfully, $"the store in memory answers at once");
        return call.GetAwaiter().GetResult();
    }

    private T OneOf<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    private TimeSpan Seconds(int upTo) => TimeSpan.FromSeconds(_random.Next(upTo));

    private QueuePartition Open()
    {
        var opening = Done(_store.OwnAsync(Key, "owner", CancellationToken.None));
        _epoch = opening.Epoch;
        var partition = new QueuePartition(Key, _strategy, _limits, _machine);
        partition.Open(opening.LastSequence, opening.Tasks, opening.Started, _now);
        return partition;
    }

    private void AddSink()
    {
        var supported = _tasks.Where(_ => _calm || _random.Next(4) > 0).ToDictionary(t => t, _ => _calm ? 1000 : _random.Next(1, 5));
        _sinks.Add(new ModelSink($"worker-{_workers++}", _calm ? 1000 : _random.Next(1, 6), supported));
    }

    /// <summary>A new owner: what was not committed is lost, and the handlers are, too.</summary>
    private void Restart()
    {
        var left = _submitted.ToList();
        _submitted.Clear();
        _heldBack = null;
        _committed.Clear();
        _mail.Clear();
        _unread.Clear();
        _read.Clear();
        _finds.Clear();
        _behind.Clear();
        _sinks.Clear();
        _dead.Clear();
        _zombies.Clear();
        _partition = Open();
        if (left.Count > 0)
        {
            foreach (var verdict in Done(_store.CommitAsync(left, CancellationToken.None)))
                Check.That(verdict is CommitVerdict.Fenced, $"a write of the owner before was {verdict}");
        }

        _model.Restart(_now);
        foreach (var worker in _model.Jobs.Where(j => j.Live!.State is JobState.Running).Select(j => j.Live!.Worker!).Distinct().ToList()) Lose(worker);
        Check.That(!_model.Jobs.Exists(j => j.Live!.State is JobState.Running && !j.IsStaged), $"every job that had started is lost with its owner");
        while (_sinks.Count < 2) AddSink();
    }

    /// <summary>
    /// In memory are: of each lane and of the due jobs at most two windows (while a page is read), of each group too, and besides those
    /// only what runs, is being changed, or holds its group's turn between two attempts, because that must not be forgotten.
    /// </summary>
    private void CheckBound()
    {
        var windows = (2 * _tasks.Length * _limits.WindowReadyJobs) + (2 * _limits.WindowDueJobs) + (2 * _groups * _limits.WindowGroupJobs);
        if (_partition.WindowJobs <= windows) return;
        var pinned = _model.Jobs.Count(j => j.IsStaged || j.HoldsTurn || j.Live?.State is JobState.Running || _model.Handlers.Exists(h => h.Job == j));
        Check.That(_partition.WindowJobs <= windows + pinned, $"{_partition.WindowJobs} jobs in memory, {windows} + {pinned} allowed");
    }

    /// <summary>Lets everything come to its end: nothing lags, workers take all, handlers succeed, time goes on.</summary>
    private void Drain()
    {
        _calm = true;
        SubmitHeldBack();
        _sinks.Clear();
        AddSink();
        for (var round = 0; _model.Unfinished.Any() || _model.Jobs.Exists(j => j.Live is null); round++)
        {
            Check.That(round < 500, $"stuck: {Describe(_model.Jobs.Where(j => !j.IsFinished))}");
            Settle();
            foreach (var handler in _model.Handlers.Where(h => !h.HasReported).ToList()) Report(handler, new JobEvent.Succeeded(null));
            Settle();
            var next = _model.Unfinished.Where(j => j.Live!.State is JobState.Scheduled or JobState.Retrying).Select(j => j.Live!.RunAt);
            if (_model.Handlers.Count == 0 && next.Any(time => time > _now)) _now = next.Where(time => time > _now).Min();
        }

        Settle();
        Check.That(_partition.WindowJobs == 0, $"{_partition.WindowJobs} jobs are left in the window, and all have ended");
        Check.That(_partition.NextPage(_now) is null && !_partition.HasReady && _partition.NextDue is null, $"nothing more is wanted");
        foreach (var job in _model.Jobs)
        {
            var stored = Done(_store.FindAsync(job.Id, CancellationToken.None));
            Check.That(stored?.State == job.Live!.State, $"job {job.Sequence} is {stored?.State} in the store and {job.Live!.State} in the list");
        }
    }

    private void Settle()
    {
        for (var i = 0; i < 3 || _mail.Count + _submitted.Count + _committed.Count + _unread.Count + _read.Count + _finds.Count > 0; i++)
        {
            while (_finds.Count > 0) FindJob();
            Commit(1000, canFail: false);
            PostSettled();
            while (_unread.Count > 0) ReadPage();
            while (_read.Count > 0) PostPage(canFail: false);
            Turn(1000);
        }
    }

    private string Describe(IEnumerable<ModelJob> jobs) => string.Join("; ", jobs.Take(5).Select(j =>
        $"{j.Sequence} {j.Task} {j.Group} {j.Live?.State} due in {j.Live?.RunAt - _now}, staged {j.IsStaged}, in window {_partition.Find(j.Id) is not null}"));

    private sealed class FrozenClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => States.Sample.Now;
    }
}

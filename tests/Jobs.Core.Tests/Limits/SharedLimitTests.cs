using System.Collections.Concurrent;
using Jobs.Conformance;

namespace Jobs.Core.Tests.Limits;

/// <summary>Processes that share limits by messages of which some are lost: never more run than the limit says, and everybody gets on.</summary>
public sealed class SharedLimitTests : IDisposable
{
    private const int Processes = 3;
    private const int PartitionsEach = 2;

    private readonly ManualClock _clock = new();
    private readonly List<Process> _processes = [];
    private LimitLedger _ledger;
    private StoredLimit _limit = null!;

    public SharedLimitTests() => _ledger = new LimitLedger(_clock.GetUtcNow());

    public void Dispose()
    {
        foreach (var process in _processes) process.Limiter.Dispose();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(5, 3)]
    [InlineData(20, 4)]
    public void Never_more_run_than_the_limit_says_and_all_jobs_run_in_the_end(int max, int seed)
    {
        Start(new RunLimit("shared") { MaxRunning = max });
        var random = new Random(seed);
        var left = Enumerable.Repeat(60, Processes * PartitionsEach).ToArray();
        for (var step = 0; left.Sum() + Running > 0; step++)
        {
            Assert.True(step < 200_000, $"Seed {seed}: {left.Sum()} jobs do not get on.");
            var number = random.Next(left.Length);
            var partition = _processes[number / PartitionsEach].Partitions[number % PartitionsEach];
            if (left[number] > 0 && partition.TryStart()) left[number]--;
            if (random.Next(3) == 0) partition.Finish(random);
            foreach (var process in _processes.Where(_ => random.Next(4) == 0)) process.Exchange(_ledger, _limit, _clock, isLost: random.Next(6));
            if (random.Next(500) == 0) LoseLedger();
            Assert.True(Running <= max, $"Seed {seed}: {Running} run.");
            Assert.True(_ledger.GrantedOf("") <= max, $"Seed {seed}: {_ledger.GrantedOf("")} are granted.");
        }
    }

    [Fact]
    public void Whoever_waits_gets_a_turn_however_much_the_others_want()
    {
        Start(new RunLimit("shared") { MaxRunning = 1 });
        var starts = new int[Processes * PartitionsEach];
        for (var step = 0; step < 3_000; step++)
        {
            for (var number = 0; number < starts.Length; number++)
            {
                var partition = _processes[number / PartitionsEach].Partitions[number % PartitionsEach];
                partition.Finish(null);
                if (partition.TryStart()) starts[number]++;
            }

            foreach (var process in _processes) process.Exchange(_ledger, _limit, _clock, isLost: 5);
        }

        Assert.All(starts, count => Assert.InRange(count, starts.Sum() / starts.Length / 3, starts.Sum()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Starts_keep_to_the_rate_whatever_is_lost(int seed)
    {
        var rate = new RunRate(10, TimeSpan.FromSeconds(1)) { Burst = 4 };
        Start(new RunLimit("shared") { Rate = rate });
        var random = new Random(seed);
        var starts = 0;
        var begin = _clock.GetUtcNow();
        for (var step = 0; step < 4_000; step++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            foreach (var process in _processes)
            {
                process.Exchange(_ledger, _limit, _clock, isLost: random.Next(200));
                foreach (var partition in process.Partitions)
                {
                    if (partition.TryStart()) starts++;
                    partition.Finish(null);
                }
            }

            var allowed = rate.Burst + ((_clock.GetUtcNow() - begin).TotalSeconds * 10);
            Assert.True(starts <= allowed, $"Seed {seed}: {starts} have started, and {allowed} may.");
        }

        Assert.InRange(starts, 360, 404);
    }

    [Fact]
    public void What_somebody_held_who_is_gone_goes_to_those_who_wait()
    {
        Start(new RunLimit("shared") { MaxRunning = 1 });
        var tell = new HashSet<string>();
        Assert.Equal(1, _ledger.Report(_limit, "a", new LimitUse("", 0, 1, 0, 0), _clock.GetUtcNow(), tell).Allowance);
        Assert.Equal(0, _ledger.Report(_limit, "b", new LimitUse("", 0, 1, 0, 0), _clock.GetUtcNow(), tell).Allowance);
        Assert.Equal(["a"], tell);
        Assert.Equal(["b"], _ledger.Gone("a"));
        Assert.Equal(1, _ledger.Report(_limit, "b", new LimitUse("", 0, 1, 0, 0), _clock.GetUtcNow(), tell).Allowance);
        Assert.Equal(["b"], _ledger.Members);
    }

    private int Running => _processes.Sum(process => process.Partitions.Sum(partition => partition.Running.Count));

    private void Start(RunLimit limit)
    {
        var setting = StoredLimit.ToSetting(limit, null, _clock.GetUtcNow(), null);
        _limit = StoredLimit.From(setting);
        for (var i = 0; i < Processes; i++) _processes.Add(new Process($"{i}", _clock, setting));
    }

    /// <summary>The keeper of the ledger is gone; the next one asks everybody first.</summary>
    private void LoseLedger()
    {
        _ledger = new LimitLedger(_clock.GetUtcNow());
        foreach (var process in _processes) _ledger.Learn(_limit, process.Name, process.Tell());
    }

    private sealed class Process : ILimitSource
    {
        private readonly HashSet<LimitBucket> _noted = [];

        internal Process(string name, ManualClock clock, StoredSetting setting)
        {
            Name = name;
            Limiter = new Limiter(clock, new TaskRegistry(DuplicateRegistration.Throw, JsonPayloadCodec.Default)) { Source = this };
            Limiter.Update([setting]);
            Partitions = [.. Enumerable.Range(0, PartitionsEach).Select(n => new Partition(this, new PartitionKey(QueueName.Default, n)))];
        }

        internal string Name { get; }

        internal Limiter Limiter { get; }

        internal IReadOnlyList<Partition> Partitions { get; }

        public void Note(LimitBucket bucket) => _noted.Add(bucket);

        /// <param name="ledger">Who answers.</param>
        /// <param name="limit">The limit.</param>
        /// <param name="clock">The time.</param>
        /// <param name="isLost">0: the report is lost; 1: the answer is.</param>
        internal void Exchange(LimitLedger ledger, StoredLimit limit, ManualClock clock, int isLost)
        {
            foreach (var partition in Partitions) partition.SettleTold();
            lock (Limiter.Gate)
            {
                // As the look of every second does, and as whoever is told to report.
                foreach (var bucket in Limiter.AllBuckets) _noted.Add(bucket);
                var buckets = _noted.Where(bucket => ReferenceEquals(Limiter.Find(bucket.Name, bucket.Key), bucket)).ToList();
                _noted.Clear();
                foreach (var bucket in buckets)
                {
                    var use = bucket.Report();
                    if (isLost == 0) continue;
                    var grant = ledger.Report(limit, Name, use, clock.GetUtcNow(), new HashSet<string>());
                    if (isLost != 1) bucket.Grant(use, grant);
                }
            }
        }

        internal IReadOnlyList<LimitUse> Tell()
        {
            lock (Limiter.Gate) return [.. Limiter.AllBuckets.Select(bucket => bucket.Report())];
        }
    }

    private sealed class Partition
    {
        private readonly ConcurrentQueue<LimitBucket> _told = new();
        private readonly LimitAccount _account;
        private int _jobs;

        internal Partition(Process process, PartitionKey key) => _account = process.Limiter.Open(key, _told.Enqueue);

        internal List<JobRecord> Running { get; } = [];

        internal bool TryStart()
        {
            var job = new JobRecord
            {
                Id = JobId.FromName(QueueName.Default, $"{++_jobs}"),
                Terms = new JobTerms { Task = "work", Queue = QueueName.Default },
                Payload = default,
                State = JobState.Running,
                Sequence = _jobs,
                EnqueuedAt = DateTimeOffset.UnixEpoch,
                RunAt = DateTimeOffset.UnixEpoch,
            };
            if (_account.TryTake(job) is not null) return false;
            Running.Add(job);
            return true;
        }

        internal void Finish(Random? random)
        {
            if (Running.Count == 0) return;
            var at = random?.Next(Running.Count) ?? 0;
            _account.Release(Running[at].Id);
            Running.RemoveAt(at);
        }

        /// <summary>What was kept for this partition and not used goes on to others, once it was told of it.</summary>
        internal void SettleTold()
        {
            while (_told.TryDequeue(out var bucket)) _account.Settle([bucket]);
        }
    }
}

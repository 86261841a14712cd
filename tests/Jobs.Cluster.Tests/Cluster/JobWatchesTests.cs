using Jobs.Conformance;
using Jobs.Core;
using Jobs.Grains.Contracts;
using Jobs.Grains.Node;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Who is told of jobs' ends, without a cluster around it: messages are lost, watchers ask again, partitions leave.</summary>
public sealed class JobWatchesTests
{
    private readonly ResultWaiters _waiters = new();
    private readonly Dictionary<JobId, JobSnapshot> _stored = [];
    private readonly FakeWatcher _watcher = new();
    private readonly JobIdSource _ids = new(TimeProvider.System, new Random(1));

    [Fact]
    public async Task What_ends_while_a_message_is_on_its_way_goes_with_the_next_one()
    {
        var watches = Watches(TimeSpan.FromHours(1));
        var jobs = Enumerable.Range(0, 50).Select(_ => NewId()).ToList();
        foreach (var id in jobs) watches.Expect(_watcher, id);
        _watcher.Hold();
        End(jobs[0]);
        await _watcher.Reaches(1).Soon();
        foreach (var id in jobs.Skip(1)) End(id);
        await WaitersAreEmptyAsync(jobs);
        _watcher.Release();
        await _watcher.Reaches(2).Soon();
        Assert.Equal([1, 49], _watcher.Messages.Select(ended => ended.Length));
        Assert.Equal(jobs.Order(), _watcher.Messages.SelectMany(ended => ended).Select(job => job.Id).Order());
    }

    [Fact]
    public async Task The_end_of_a_job_without_a_record_is_told_again_to_whoever_asks_again_and_to_nobody_else()
    {
        var watches = Watches(TimeSpan.FromHours(1));
        var id = NewId();
        watches.Expect(_watcher, id);
        End(id, isStored: false);
        await _watcher.Reaches(1).Soon();
        var again = await AskAsync(watches, again: [id]);
        Assert.Equal([id], again.Ended.Select(job => job.Id));
        Assert.Empty(again.Missing);
        var second = await AskAsync(watches, first: [id]);
        Assert.Empty(second.Ended);
        Assert.Equal([id], second.Missing);
    }

    [Fact]
    public async Task An_end_that_was_missed_is_found_in_the_store()
    {
        var watches = Watches(TimeSpan.FromHours(1));
        var (ended, unfinished, unknown) = (NewId(), NewId(), NewId());
        _stored[ended] = Job(ended, JobState.Completed);
        _stored[unfinished] = Job(unfinished, JobState.Pending);
        var reply = await AskAsync(watches, again: [ended, unfinished], first: [unknown]);
        Assert.Equal([ended], reply.Ended.Select(job => job.Id));
        Assert.Equal([unknown], reply.Missing);
        End(unfinished);
        await _watcher.Reaches(1).Soon();
        Assert.Equal(unfinished, _watcher.Messages.Single().Single().Id);
    }

    [Fact]
    public async Task A_job_that_was_retried_after_its_end_is_waited_for_anew()
    {
        var watches = Watches(TimeSpan.FromHours(1));
        var id = NewId();
        watches.Expect(_watcher, id);
        End(id);
        await _watcher.Reaches(1).Soon();
        _stored[id] = Job(id, JobState.Pending);
        Assert.Empty((await AskAsync(watches, first: [id])).Ended);
        End(id);
        await _watcher.Reaches(2).Soon();
    }

    [Fact]
    public async Task The_watchers_of_a_partition_that_leaves_ask_its_next_owner()
    {
        var watches = Watches(TimeSpan.FromHours(1));
        var (here, elsewhere) = (_ids.Next("mail", 1), _ids.Next("mail", 2));
        watches.Expect(_watcher, here);
        watches.Expect(_watcher, elsewhere);
        watches.Leave(new PartitionKey("mail", 1));
        Assert.Equal([here], _watcher.AskedAgain);
        End(here);
        End(elsewhere);
        await _watcher.Reaches(1).Soon();
        Assert.Equal(elsewhere, _watcher.Messages.Single().Single().Id);
    }

    [Fact]
    public async Task Who_does_not_ask_again_in_time_is_forgotten_and_may_come_back()
    {
        var watches = Watches(TimeSpan.Zero);
        var id = NewId();
        watches.Expect(_watcher, id);
        watches.Sweep();
        End(id);
        Assert.Equal([id], (await AskAsync(watches, again: [id])).Ended.Select(job => job.Id));
        Assert.Empty(_watcher.Messages);
    }

    [Fact]
    public async Task A_job_that_cannot_be_looked_for_is_looked_for_the_next_time()
    {
        var fails = true;
        var watches = new JobWatches(
            _waiters,
            id => fails ? Task.FromException<JobSnapshot?>(new TimeoutException()) : Task.FromResult(_stored.GetValueOrDefault(id)),
            TimeSpan.FromHours(1));
        var id = NewId();
        _stored[id] = Job(id, JobState.Completed);
        await Assert.ThrowsAsync<TimeoutException>(() => AskAsync(watches, first: [id]));
        fails = false;
        Assert.Equal([id], (await AskAsync(watches, again: [id])).Ended.Select(job => job.Id));
    }

    [Fact]
    public async Task An_end_that_was_told_is_not_answered_as_well()
    {
        var looking = new TaskCompletionSource<JobSnapshot?>();
        var watches = new JobWatches(_waiters, _ => looking.Task, TimeSpan.FromHours(1));
        var id = NewId();
        var reply = AskAsync(watches, first: [id]);
        End(id);
        await _watcher.Reaches(1).Soon();
        looking.SetResult(_stored[id]);
        Assert.Empty((await reply.Soon()).Ended);
        Assert.Single(_watcher.Messages);
    }

    [Fact]
    public async Task An_old_look_does_not_answer_for_a_wait_that_began_after_it()
    {
        var looks = new Recording<TaskCompletionSource<JobSnapshot?>>();
        var watches = new JobWatches(_waiters, Look, TimeSpan.FromHours(1));
        var id = NewId();
        var first = AskAsync(watches, first: [id]);
        End(id);
        await _watcher.Reaches(1).Soon();
        var second = AskAsync(watches, first: [id]);
        looks.Items[0].SetResult(Job(id, JobState.Completed));
        looks.Items[1].SetResult(Job(id, JobState.Pending));
        Assert.Empty((await first.Soon()).Ended);
        Assert.Empty((await second.Soon()).Ended);
        End(id);
        await _watcher.Reaches(2).Soon();

        Task<JobSnapshot?> Look(JobId job)
        {
            var look = new TaskCompletionSource<JobSnapshot?>();
            looks.Add(look);
            return look.Task;
        }
    }

    [Fact]
    public async Task What_has_ended_is_told_although_its_partition_leaves_and_nobody_counts_as_told_before()
    {
        var watches = Watches(TimeSpan.FromHours(1));
        for (var told = 1; told <= 100; told++)
        {
            var id = NewId();
            watches.Expect(_watcher, id);
            End(id);
            Assert.True(!watches.AreTold || _watcher.Messages.Count == told, $"end {told} counts as told before it is");
            watches.Leave(new PartitionKey("mail", 0));
            await _watcher.Reaches(told).Soon();
        }

        Assert.Empty(_watcher.AskedAgain);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task In_the_end_only_what_has_come_counts_as_told(bool isOld)
    {
        _watcher.IsOld = isOld;
        var watches = Watches(TimeSpan.FromHours(1));
        var id = NewId();
        watches.Expect(_watcher, id);
        watches.MustArrive = true;
        _watcher.Hold();
        End(id);
        await _watcher.Reaches(1).Soon();
        Assert.False(watches.AreTold);
        _watcher.Release();
        while (!watches.AreTold) await Task.Yield();
        Assert.Equal(isOld ? 0 : 1, _watcher.LastEnds);
    }

    private JobWatches Watches(TimeSpan keptFor) => new(_waiters, id => Task.FromResult(_stored.GetValueOrDefault(id)), keptFor);

    private Task<WatchReply> AskAsync(JobWatches watches, JobId[]? first = null, JobId[]? again = null) =>
        watches.WatchAsync(new WatchRequest { Watcher = _watcher, Jobs = first ?? [], Again = again ?? [] });

    private JobId NewId() => _ids.Next("mail", 0);

    private void End(JobId id, bool isStored = true)
    {
        var job = Job(id, JobState.Completed);
        if (isStored) _stored[id] = job;
        _waiters.Complete(id, job);
    }

    /// <summary>An entry goes when its end was taken over by whoever tells it.</summary>
    private async Task WaitersAreEmptyAsync(IEnumerable<JobId> jobs)
    {
        foreach (var id in jobs)
        {
            while (_waiters.Join(id) is { Ending.IsCompleted: true })
            {
                _waiters.Leave(id);
                await Task.Yield();
            }

            _waiters.Leave(id);
        }
    }

    private static JobSnapshot Job(JobId id, JobState state) => new() { Id = id, Task = "t", Queue = "mail", State = state };

    private sealed class FakeWatcher : IJobWatcher
    {
        private readonly Recording<JobSnapshot[]> _messages = new();
        private TaskCompletionSource _open = new();

        internal FakeWatcher() => _open.SetResult();

        internal IReadOnlyList<JobSnapshot[]> Messages => _messages.Items;

        internal List<JobId> AskedAgain { get; } = [];

        internal int LastEnds { get; private set; }

        /// <summary>True for one that knows no last ends.</summary>
        internal bool IsOld { get; set; }

        public Task EndedAsync(JobSnapshot[] jobs)
        {
            var open = _open.Task;
            _messages.Add(jobs);
            return open;
        }

        public Task EndedLastAsync(JobSnapshot[] jobs)
        {
            if (IsOld) return Task.FromException(new NotSupportedException());
            LastEnds++;
            return EndedAsync(jobs);
        }

        public Task AskAgainAsync(JobId[] jobs)
        {
            AskedAgain.AddRange(jobs);
            return Task.CompletedTask;
        }

        internal async Task Reaches(int messages) => await _messages.Reaches(messages);

        internal void Hold() => _open = new TaskCompletionSource();

        internal void Release() => _open.SetResult();
    }
}

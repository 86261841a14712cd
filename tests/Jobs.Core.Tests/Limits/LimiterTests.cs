using Jobs.Conformance;

namespace Jobs.Core.Tests.Limits;

public sealed class LimiterTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly Limiter _limiter;
    private int _jobs;

    public LimiterTests() => _limiter = new Limiter(_clock, new TaskRegistry(DuplicateRegistration.Throw, JsonPayloadCodec.Default));

    public void Dispose() => _limiter.Dispose();

    [Fact]
    public async Task Room_that_becomes_free_is_kept_for_whoever_has_waited_longest()
    {
        Set(new RunLimit("one") { MaxRunning = 1 });
        var (busy, first, second) = (new Partition(_limiter, 0), new Partition(_limiter, 1), new Partition(_limiter, 2));
        var job = Job();
        Assert.Null(busy.Account.TryTake(job));
        var bucket = first.Account.TryTake(Job());
        Assert.NotNull(bucket);
        Assert.Same(bucket, second.Account.TryTake(Job()));

        // The one that gives it back is the first to ask again, and has to wait all the same.
        busy.Account.Release(job.Id);
        Assert.NotNull(busy.Account.TryTake(Job()));
        Assert.NotNull(second.Account.TryTake(Job()));
        Assert.Same(bucket, await first.Told.Reaches(1).Soon() is [var told] ? told : null);
        var own = Job();
        Assert.Null(first.Account.TryTake(own));
        first.Account.Settle([bucket]);
        first.Account.Release(own.Id);
        await second.Told.Reaches(1).Soon();

        // What is not used goes on to the next.
        second.Account.Settle([bucket]);
        await busy.Told.Reaches(1).Soon();
        Assert.Null(busy.Account.TryTake(Job()));
    }

    [Fact]
    public async Task A_partition_that_is_gone_is_passed_over_and_its_jobs_are_given_back()
    {
        Set(new RunLimit("one") { MaxRunning = 1 });
        var (busy, gone, next) = (new Partition(_limiter, 0), new Partition(_limiter, 1), new Partition(_limiter, 2));
        Assert.Null(busy.Account.TryTake(Job()));
        Assert.NotNull(gone.Account.TryTake(Job()));
        Assert.NotNull(next.Account.TryTake(Job()));
        gone.Account.Rest();
        _limiter.Leave(busy.Key);
        await next.Told.Reaches(1).Soon();
        Assert.Null(next.Account.TryTake(Job()));
        Assert.Empty(gone.Told.Items);
    }

    [Fact]
    public void A_partition_that_is_opened_again_takes_its_jobs_over_without_a_gap()
    {
        Set(new RunLimit("two") { MaxRunning = 2 });
        var before = new Partition(_limiter, 0);
        var (held, lost) = (Job(), Job());
        Assert.Null(before.Account.TryTake(held));
        Assert.Null(before.Account.TryTake(lost));
        before.Account.Rest();
        var after = new Partition(_limiter, 0);
        var other = new Partition(_limiter, 1);
        Assert.NotNull(other.Account.TryTake(Job()));
        after.Account.Recount([held]);
        Assert.Null(other.Account.TryTake(Job()));
        Assert.NotNull(after.Account.TryTake(Job()));
    }

    [Fact]
    public void A_token_that_was_not_used_is_there_again()
    {
        Set(new RunLimit("rate") { Rate = new RunRate(1, TimeSpan.FromHours(1)) });
        var partition = new Partition(_limiter, 0);
        var job = Job();
        Assert.Null(partition.Account.TryTake(job));
        partition.Account.GiveBack(job.Id);
        Assert.Null(partition.Account.TryTake(job));
        partition.Account.Release(job.Id);
        Assert.NotNull(partition.Account.TryTake(Job()));
        Assert.Equal("rate", _limiter.WhatHolds(Job()));
    }

    [Fact]
    public void Keys_that_were_used_once_are_forgotten()
    {
        Set(new RunLimit("tenants") { PerKey = true, MaxRunning = 1 });
        var partition = new Partition(_limiter, 0);
        for (var i = 0; i < 10_000; i++)
        {
            var job = Job($"tenant {i}");
            Assert.Null(partition.Account.TryTake(job));
            partition.Account.Release(job.Id);
        }

        Assert.InRange(_limiter.Buckets, 0, 2_000);
    }

    private void Set(RunLimit limit) => _limiter.Update([StoredLimit.ToSetting(limit, null, _clock.GetUtcNow(), null)]);

    private JobRecord Job(string? key = null) => new()
    {
        Id = JobId.FromName(QueueName.Default, $"{++_jobs}"),
        Terms = new JobTerms { Task = "work", Queue = QueueName.Default, LimitKey = key },
        Payload = default,
        State = JobState.Pending,
        Sequence = _jobs,
        EnqueuedAt = _clock.GetUtcNow(),
        RunAt = _clock.GetUtcNow(),
    };

    private sealed class Partition
    {
        internal Partition(Limiter limiter, int number)
        {
            Key = new PartitionKey(QueueName.Default, number);
            Account = limiter.Open(Key, Told.Add);
        }

        internal PartitionKey Key { get; }

        internal LimitAccount Account { get; }

        internal Recording<LimitBucket> Told { get; } = new();
    }
}

using Jobs.Core;

namespace Jobs.Conformance.Stores;

/// <summary>Removing finished records whose time is over (D6).</summary>
public abstract class PruneContract(IStoreFixture fixture) : StoreContract(fixture)
{
    private static readonly RetentionPolicy OneMinute = RetentionPolicy.For(Minute);

    [Fact]
    public async Task A_record_is_kept_for_its_time_and_no_longer()
    {
        var brief = await FinishedAsync(NewJob(retention: OneMinute), new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null));
        var lasting = await FinishedAsync(NewJob(retention: RetentionPolicy.For(3 * Minute)), new JobEvent.Dropped("x"));
        Assert.Equal(0, await PruneAsync(Now + Minute - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(1, await PruneAsync(Now + Minute));
        Assert.Null(await FindAsync(brief.Id));
        Assert.NotNull(await FindAsync(lasting.Id));
        Assert.Equal(1, await PruneAsync(Now + (3 * Minute)));
        Assert.Equal(0, await PruneAsync(Now + (4 * Minute)));
        Assert.Equal(new JobCounts(), await Store.CountAsync(null, Now, CancellationToken.None));
    }

    [Fact]
    public async Task A_job_that_says_nothing_is_kept_for_a_day()
    {
        var done = await FinishedAsync(NewJob(), new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null));
        Assert.Equal(0, await PruneAsync(Now + TimeSpan.FromDays(1) - TimeSpan.FromMilliseconds(1)));
        Assert.NotNull(await FindAsync(done.Id));

        // A store that keeps its history by days may leave it there until its day goes as a whole.
        Assert.Equal(1, await PruneAsync(Now + TimeSpan.FromDays(2)));
        Assert.Null(await FindAsync(done.Id));
    }

    [Fact]
    public async Task Dead_and_unfinished_jobs_are_never_pruned()
    {
        var dead = await FinishedAsync(NewJob(retention: OneMinute), Failed(retryable: false));
        var waiting = await CommitOneAsync(Insert(NewJob(retention: OneMinute)));
        var running = await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob(retention: OneMinute)))));
        Assert.Equal(0, await PruneAsync(Now + TimeSpan.FromDays(10_000)));
        foreach (var job in (JobRecord[])[dead, waiting, running]) Assert.NotNull(await FindAsync(job.Id));
    }

    [Fact]
    public async Task A_job_that_came_back_is_not_pruned_by_its_earlier_end()
    {
        var cancelled = await CommitOneAsync(Ask(await CommitOneAsync(Insert(NewJob(retention: OneMinute))), JobAction.Cancel));
        var back = await CommitOneAsync(Ask(cancelled, JobAction.Retry));
        Assert.Equal(0, await PruneAsync(Now + Minute));
        AssertSame(back, await RequireAsync(back.Id));
        var running = Change(back, new JobEvent.Started("worker"), Now + Minute).Transition.After!;
        await CommitAsync(Change(running, new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null), Now + Minute));
        Assert.Equal(0, await PruneAsync(Now + Minute));
        Assert.Equal(1, await PruneAsync(Now + (2 * Minute)));
    }

    [Fact]
    public async Task One_call_removes_a_bounded_number_and_the_next_goes_on()
    {
        for (var i = 0; i < 5; i++) await FinishedAsync(NewJob(retention: OneMinute), new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null));
        var request = new PruneRequest(Now + Minute) { MaxRecords = 2 };
        foreach (var expected in (int[])[2, 2, 1, 0]) Assert.Equal(expected, await Store.PruneAsync(request, CancellationToken.None));
    }

    [Fact]
    public async Task Of_each_outcome_the_latest_records_are_kept()
    {
        var done = await EndedAsync(4, new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null));
        var dead = await EndedAsync(3, Failed(retryable: false));
        var discarded = await EndedAsync(2, new JobEvent.Dropped("x"));
        var limits = new HistoryLimits { Completed = new HistoryLimit(MaxRecords: 2), Dead = new HistoryLimit(MaxRecords: 1) };
        Assert.Equal(4, await CutAsync(limits));
        await AssertKeptAsync([.. done, .. dead, .. discarded], [.. done[2..], .. dead[2..], .. discarded]);
        Assert.Equal(0, await CutAsync(limits));
    }

    [Fact]
    public async Task None_may_be_kept()
    {
        var dead = await EndedAsync(2, Failed(retryable: false));
        Assert.Equal(2, await CutAsync(new HistoryLimits { Dead = new HistoryLimit(MaxRecords: 0) }));
        await AssertKeptAsync(dead, []);
    }

    [Fact]
    public async Task Limits_that_nothing_reaches_remove_and_empty_nothing()
    {
        var dead = await EndedAsync(2, Failed(retryable: false));
        Assert.Equal(0, await CutAsync(new HistoryLimits { Dead = new HistoryLimit(long.MaxValue, TimeSpan.MaxValue, TimeSpan.MaxValue) }));
        Assert.Equal((9, 9), (await LengthAsync(dead[0]), await LengthAsync(dead[1])));
    }

    [Fact]
    public async Task Dead_jobs_go_when_they_are_older_than_their_queue_keeps_them()
    {
        var dead = await EndedAsync(3, Failed(retryable: false));
        var limits = new HistoryLimits { Dead = new HistoryLimit(MaxAge: TimeSpan.FromHours(1)) };
        Assert.Equal(0, await CutAsync(limits, Now + TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(1, await CutAsync(limits, Now + TimeSpan.FromHours(1)));
        await AssertKeptAsync(dead, dead[1..]);
        Assert.Equal(2, await CutAsync(limits, Now + TimeSpan.FromHours(2)));
    }

    [Fact]
    public async Task Number_and_age_hold_together()
    {
        var dead = await EndedAsync(4, Failed(retryable: false));
        var old = new HistoryLimits { Dead = new HistoryLimit(MaxRecords: 3, MaxAge: TimeSpan.FromHours(1)) };
        Assert.Equal(2, await CutAsync(old, Now + TimeSpan.FromHours(1) + Minute));
        await AssertKeptAsync(dead, dead[2..]);
        var many = new HistoryLimits { Dead = new HistoryLimit(MaxRecords: 1, MaxAge: TimeSpan.FromDays(1)) };
        Assert.Equal(1, await CutAsync(many, Now + TimeSpan.FromHours(1)));
        await AssertKeptAsync(dead, dead[3..]);
    }

    [Fact]
    public async Task Records_that_ended_at_once_go_in_the_order_of_their_enqueueing()
    {
        var jobs = new List<JobId>();
        for (var i = 0; i < 4; i++) jobs.Add((await FinishedAsync(NewJob(), new JobEvent.Dropped("x"))).Id);
        Assert.Equal(3, await CutAsync(new HistoryLimits { Discarded = new HistoryLimit(MaxRecords: 1) }));
        await AssertKeptAsync([.. jobs], [jobs[3]]);
    }

    [Fact]
    public async Task A_limit_is_for_all_partitions_of_its_queue_and_for_no_other_queue()
    {
        PartitionKey sibling = new("default", 1), stranger = new("elsewhere", 0);
        await OwnAsync(sibling);
        await OwnAsync(stranger);
        var first = await EndedAsync(1, new JobEvent.Dropped("x"), sibling, Minute);
        var second = await EndedAsync(1, new JobEvent.Dropped("x"), Home, 2 * Minute);
        var third = await EndedAsync(1, new JobEvent.Dropped("x"), sibling, 3 * Minute);
        var other = await EndedAsync(2, new JobEvent.Dropped("x"), stranger);
        Assert.Equal(1, await CutAsync(new HistoryLimits { Discarded = new HistoryLimit(MaxRecords: 2) }));
        await AssertKeptAsync([.. first, .. second, .. third, .. other], [.. second, .. third, .. other]);
    }

    [Fact]
    public async Task One_call_cuts_off_a_bounded_number_of_the_oldest()
    {
        var dead = await EndedAsync(5, Failed(retryable: false));
        var request = new PruneRequest(Now) { MaxRecords = 2, Limits = Of(new HistoryLimits { Dead = new HistoryLimit(MaxRecords: 1) }) };
        Assert.Equal(2, await Store.PruneAsync(request, CancellationToken.None));
        await AssertKeptAsync(dead, dead[2..]);
        Assert.Equal(2, await Store.PruneAsync(request, CancellationToken.None));
        Assert.Equal(0, await Store.PruneAsync(request, CancellationToken.None));
    }

    [Fact]
    public async Task Payloads_go_after_a_time_of_their_own_and_the_records_stay()
    {
        var done = await EndedAsync(3, new JobEvent.Succeeded("\"result\""u8.ToArray()));
        var dead = await EndedAsync(1, Failed(retryable: false));
        var before = await RequireAsync(done[0]);
        var limits = new HistoryLimits { Completed = new HistoryLimit(MaxPayloadAge: TimeSpan.FromHours(1)) };
        Assert.Equal(0, await CutAsync(limits, Now + TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(1, await CutAsync(limits, Now + TimeSpan.FromHours(1)));

        var after = await RequireAsync(done[0]);
        Assert.Equal((0, Now + TimeSpan.FromHours(1)), (after.Payload.Length, after.PayloadPrunedAt));
        AssertSame(before with { Payload = default }, after);
        Assert.Equal(after.PayloadPrunedAt, Assert.Single(await ListedAsync(), j => j.Payload.IsEmpty).PayloadPrunedAt);
        foreach (var id in (JobId[])[done[1], done[2], dead[0]]) Assert.Equal((9, null), (await LengthAsync(id), (await RequireAsync(id)).PayloadPrunedAt));

        Assert.Equal(0, await CutAsync(limits, Now + TimeSpan.FromHours(1)));
        Assert.Equal(2, await CutAsync(limits, Now + TimeSpan.FromHours(2)));
        Assert.Equal(Now + TimeSpan.FromHours(1), (await RequireAsync(done[0])).PayloadPrunedAt);
        Assert.Equal(9, await LengthAsync(dead[0]));
    }

    [Fact]
    public async Task Payloads_of_each_outcome_and_queue_go_when_their_own_limit_says()
    {
        PartitionKey sibling = new("default", 1), stranger = new("elsewhere", 0);
        await OwnAsync(sibling);
        await OwnAsync(stranger);
        var dead = await EndedAsync(1, Failed(retryable: false), sibling);
        var discarded = await EndedAsync(1, new JobEvent.Dropped("x"));
        var other = await EndedAsync(1, Failed(retryable: false), stranger);
        var running = await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob()))));
        var limits = new HistoryLimits { Dead = new HistoryLimit(MaxPayloadAge: TimeSpan.Zero), Discarded = new HistoryLimit(MaxPayloadAge: Minute) };
        Assert.Equal(1, await CutAsync(limits, Now));
        Assert.Equal((0, 9), (await LengthAsync(dead[0]), await LengthAsync(discarded[0])));
        Assert.Equal(1, await CutAsync(limits, Now + Minute));
        Assert.Equal((0, 9, 9), (await LengthAsync(discarded[0]), await LengthAsync(other[0]), await LengthAsync(running.Id)));
    }

    [Fact]
    public async Task One_call_empties_a_bounded_number_of_the_oldest()
    {
        var done = await EndedAsync(5, new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null));
        var limits = Of(new HistoryLimits { Completed = new HistoryLimit(MaxPayloadAge: TimeSpan.Zero) });
        var request = new PruneRequest(Now + TimeSpan.FromHours(1)) { MaxRecords = 2, Limits = limits };
        Assert.Equal(2, await Store.PruneAsync(request, CancellationToken.None));
        Assert.Equal((0, 0, 9), (await LengthAsync(done[0]), await LengthAsync(done[1]), await LengthAsync(done[2])));
        foreach (var expected in (int[])[2, 1, 0]) Assert.Equal(expected, await Store.PruneAsync(request, CancellationToken.None));
    }

    [Fact]
    public async Task Records_without_their_payloads_count_and_age_like_the_others()
    {
        var dead = await EndedAsync(5, Failed(retryable: false));
        Assert.Equal(3, await CutAsync(new HistoryLimits { Dead = new HistoryLimit(MaxPayloadAge: TimeSpan.FromHours(1)) }, Now + (62 * Minute)));
        var limits = new HistoryLimits { Dead = new HistoryLimit(MaxRecords: 3) };
        Assert.Equal(2, await CutAsync(limits));
        await AssertKeptAsync(dead, dead[2..]);
        Assert.Equal(1, await CutAsync(new HistoryLimits { Dead = new HistoryLimit(MaxAge: TimeSpan.FromHours(1)) }, Now + (62 * Minute)));
        await AssertKeptAsync(dead, dead[3..]);
        Assert.Equal(2, await CutAsync(new HistoryLimits { Dead = new HistoryLimit(MaxRecords: 0) }));
    }

    [Fact]
    public async Task A_job_that_came_back_has_its_payload_until_it_has_ended_again()
    {
        var dead = await FinishedAsync(NewJob(), Failed(retryable: false));
        var back = await CommitOneAsync(Ask(dead, JobAction.Retry));
        var limits = new HistoryLimits { Dead = new HistoryLimit(MaxPayloadAge: Minute), Completed = new HistoryLimit(MaxPayloadAge: Minute) };
        Assert.Equal(0, await CutAsync(limits, Now + TimeSpan.FromDays(1)));
        var done = Change(Change(back, new JobEvent.Started("worker")).Transition.After!, new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null), Now + Minute);
        await CommitAsync(done);
        Assert.Equal(0, await CutAsync(limits, Now + Minute));
        Assert.Equal(1, await CutAsync(limits, Now + (2 * Minute)));
    }

    [Fact]
    public async Task The_oldest_records_go_until_nine_tenths_of_a_size_are_left()
    {
        var dead = await EndedAsync(10, Failed(retryable: false));
        const long All = 10 * (HistoryLimit.RecordBytes + 9);
        Assert.Equal(0, await CutToSizeAsync(JobState.Dead, All));
        Assert.Equal(1, await CutToSizeAsync(JobState.Dead, All - 1));
        await AssertKeptAsync(dead, dead[1..]);
        Assert.Equal(0, await CutToSizeAsync(JobState.Dead, All - 1));
        Assert.Equal(5, await CutToSizeAsync(JobState.Dead, All / 2));
        await AssertKeptAsync(dead, dead[6..]);
        Assert.Equal(4, await CutToSizeAsync(JobState.Dead, 1));
        Assert.Equal(0, await CutToSizeAsync(JobState.Dead, 1));
    }

    [Fact]
    public async Task Results_count_for_the_size_and_emptied_payloads_do_not()
    {
        var done = await EndedAsync(4, new JobEvent.Succeeded("\"result\""u8.ToArray()));
        var nothing = await EndedAsync(1, new JobEvent.Dropped("x"));
        const long Each = HistoryLimit.RecordBytes + 9 + 8;
        Assert.Null(await Store.FindSizeCutAsync(Home.Queue, JobState.Completed, 4 * Each, CancellationToken.None));
        Assert.NotNull(await Store.FindSizeCutAsync(Home.Queue, JobState.Completed, (4 * Each) - 1, CancellationToken.None));
        Assert.NotNull(await Store.FindSizeCutAsync(Home.Queue, JobState.Discarded, HistoryLimit.RecordBytes + 8, CancellationToken.None));

        Assert.Equal(2, await CutAsync(new HistoryLimits { Completed = new HistoryLimit(MaxPayloadAge: 2 * Minute) }, Now + (3 * Minute)));
        Assert.Null(await Store.FindSizeCutAsync(Home.Queue, JobState.Completed, (4 * Each) - 18, CancellationToken.None));
        Assert.Equal(1, await CutToSizeAsync(JobState.Completed, (4 * Each) - 19));
        await AssertKeptAsync([.. done, .. nothing], [.. done[1..], .. nothing]);
    }

    [Fact]
    public async Task A_cut_to_a_size_that_one_call_does_not_finish_is_finished_by_the_next()
    {
        var dead = await EndedAsync(10, Failed(retryable: false));
        const long Each = HistoryLimit.RecordBytes + 9;
        const long Max = (6 * Each) + 10;
        var cut = await Store.FindSizeCutAsync(Home.Queue, JobState.Dead, Max, CancellationToken.None);
        var request = new PruneRequest(Now)
        {
            MaxRecords = 2,
            Limits = Of(new HistoryLimits { Dead = new HistoryLimit(MaxBytes: Max) }),
            SizeCuts = new Dictionary<(QueueName Queue, JobState State), HistoryPlace> { [(Home.Queue, JobState.Dead)] = cut!.Value },
        };
        foreach (var expected in (int[])[2, 2]) Assert.Equal(expected, await Store.PruneAsync(request, CancellationToken.None));

        // The limit holds by now, and nine tenths of it do not.
        Assert.Null(await Store.FindSizeCutAsync(Home.Queue, JobState.Dead, Max, CancellationToken.None));
        foreach (var expected in (int[])[1, 0]) Assert.Equal(expected, await Store.PruneAsync(request, CancellationToken.None));
        await AssertKeptAsync(dead, dead[5..]);
    }

    [Fact]
    public async Task A_size_is_that_of_all_partitions_of_a_queue_and_holds_with_the_other_limits()
    {
        PartitionKey sibling = new("default", 1), stranger = new("elsewhere", 0);
        await OwnAsync(sibling);
        await OwnAsync(stranger);
        var first = await EndedAsync(2, new JobEvent.Dropped("x"), sibling);
        var second = await EndedAsync(2, new JobEvent.Dropped("x"), Home, 2 * Minute);
        var third = await EndedAsync(2, new JobEvent.Dropped("x"), sibling, 4 * Minute);
        var dead = await EndedAsync(1, Failed(retryable: false));
        var other = await EndedAsync(2, new JobEvent.Dropped("x"), stranger);
        JobId[] all = [.. first, .. second, .. third, .. dead, .. other];
        const long Three = 3 * (HistoryLimit.RecordBytes + 9);
        Assert.Equal(2, await CutToSizeAsync(JobState.Discarded, (2 * Three) - 1, new HistoryLimit(MaxRecords: 4)));
        await AssertKeptAsync(all, all[2..]);
        Assert.Equal(2, await CutToSizeAsync(JobState.Discarded, Three, new HistoryLimit(MaxRecords: 3, MaxAge: TimeSpan.FromDays(1))));
        await AssertKeptAsync(all, all[4..]);
        Assert.Equal(1, await CutToSizeAsync(JobState.Discarded, Three, new HistoryLimit(MaxAge: Minute), Now + (5 * Minute)));
        await AssertKeptAsync(all, all[5..]);
    }

    [Fact]
    public async Task Of_records_that_ended_at_once_those_that_were_enqueued_first_are_cut_off()
    {
        var jobs = new List<JobId>();
        for (var i = 0; i < 4; i++) jobs.Add((await FinishedAsync(NewJob(), new JobEvent.Dropped("x"))).Id);
        Assert.Equal(3, await CutToSizeAsync(JobState.Discarded, 2 * (HistoryLimit.RecordBytes + 9)));
        await AssertKeptAsync([.. jobs], [jobs[3]]);
    }

    /// <summary>Looks once where a size is passed, and prunes with that and with other limits until there is nothing more to remove.</summary>
    private async Task<int> CutToSizeAsync(JobState state, long maxBytes, HistoryLimit? others = null, DateTimeOffset? now = null)
    {
        var limit = (others ?? new HistoryLimit()) with { MaxBytes = maxBytes };
        var limits = state switch
        {
            JobState.Completed => new HistoryLimits { Completed = limit },
            JobState.Dead => new HistoryLimits { Dead = limit },
            _ => new HistoryLimits { Discarded = limit },
        };
        var cuts = new Dictionary<(QueueName Queue, JobState State), HistoryPlace>();
        if (await Store.FindSizeCutAsync(Home.Queue, state, maxBytes, CancellationToken.None) is { } cut) cuts.Add((Home.Queue, state), cut);
        var removed = 0;
        var request = new PruneRequest(now ?? Now) { MaxRecords = 3, Limits = Of(limits), SizeCuts = cuts };
        while (await Store.PruneAsync(request, CancellationToken.None) is > 0 and var some) removed += some;
        return removed;
    }

    private async Task<int> LengthAsync(JobId id) => (await RequireAsync(id)).Payload.Length;

    private async Task<IReadOnlyList<JobRecord>> ListedAsync() => await Store.ListAsync(new JobQuery(), Now, CancellationToken.None);

    /// <summary>Stored jobs that ended a minute apart.</summary>
    private async Task<JobId[]> EndedAsync(int jobs, JobEvent ending, PartitionKey? partition = null, TimeSpan after = default)
    {
        var ids = new JobId[jobs];
        for (var i = 0; i < jobs; i++)
        {
            var running = await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob(partition)))));
            ids[i] = (await CommitOneAsync(Change(running, ending, Now + after + (i * Minute)))).Id;
        }

        return ids;
    }

    private async Task AssertKeptAsync(JobId[] ids, JobId[] expected)
    {
        var kept = new List<JobId>();
        foreach (var id in ids)
        {
            if (await FindAsync(id) is not null) kept.Add(id);
        }

        Assert.Equal(expected, kept);
    }

    private async Task<int> CutAsync(HistoryLimits limits, DateTimeOffset? now = null) =>
        await Store.PruneAsync(new PruneRequest(now ?? Now) { Limits = Of(limits) }, CancellationToken.None);

    private static Dictionary<QueueName, HistoryLimits> Of(HistoryLimits limits) => new() { [Home.Queue] = limits };

    private async Task<int> PruneAsync(DateTimeOffset now) => await Store.PruneAsync(new PruneRequest(now), CancellationToken.None);
}

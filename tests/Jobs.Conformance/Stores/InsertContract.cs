using Jobs.Core;

namespace Jobs.Conformance.Stores;

/// <summary>New jobs: all of a unit or none, ids that are taken, unique keys.</summary>
public abstract class InsertContract(IStoreFixture fixture) : StoreContract(fixture)
{
    [Fact]
    public async Task Everything_about_a_job_is_kept()
    {
        var plain = NewJob();
        var full = NewJob(
            priority: -7, delay: Minute, unique: "key", group: "group", retention: new RetentionPolicy(Minute, KeepPayload: false), tags: ["a", "b"]);
        full = full with
        {
            Payload = Enumerable.Range(0, 100_000).Select(i => (byte)i).ToArray(),
            Terms = full.Terms with
            {
                ContentType = "application/octet-stream",
                MaxAttempts = JobOptions.UnlimitedAttempts,
                Backoff = RetryPolicy.Exponential(TimeSpan.FromSeconds(3), 1.5, Minute, 0.25, 2),
                Timeout = TimeSpan.FromMilliseconds(1234),
                OnException = ExceptionPolicy.DeadLetter,
                OnExhausted = ExhaustedAction.Discard,
                CountLostDeliveries = false,
                RequestId = "request",
                TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                TraceState = "vendor=1",
                User = "ada ✓",
                CodeVersion = "1.2.3+abc",
                LimitKey = "tenant \"7\"",
                Headers = new Dictionary<string, string> { ["name"] = "value ✓", ["empty"] = "" },
            },
        };
        await CommitAsync(Insert(plain), Insert(full));
        AssertSame(plain, await RequireAsync(plain.Id));
        AssertSame(full, await RequireAsync(full.Id));
    }

    [Fact]
    public async Task An_empty_payload_is_not_no_payload()
    {
        var job = NewJob() with { Payload = ReadOnlyMemory<byte>.Empty };
        await CommitAsync(Insert(job));
        Assert.Equal(0, (await RequireAsync(job.Id)).Payload.Length);
    }

    [Fact]
    public async Task Units_of_one_call_have_their_own_fates_in_order()
    {
        var id = JobId.FromName("default", "taken");
        await CommitAsync(Insert(NewJob(id: id)));
        var (a, b, c) = (NewJob(), NewJob(), NewJob());
        var verdicts = await TryCommitAllAsync([Insert(a)], [Insert(b), Insert(NewJob(id: id))], [Insert(c)]);
        Assert.Collection(
            verdicts,
            v => Assert.IsType<CommitVerdict.Committed>(v),
            v => Assert.Equal(id, Assert.IsType<CommitVerdict.IdTaken>(v).Id),
            v => Assert.IsType<CommitVerdict.Committed>(v));
        Assert.NotNull(await FindAsync(a.Id));
        Assert.Null(await FindAsync(b.Id));
        Assert.NotNull(await FindAsync(c.Id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_id_is_taken_by_an_unfinished_and_by_a_finished_job(bool named)
    {
        var waiting = NewJob(id: named ? JobId.FromName("default", "waiting") : null);
        await CommitAsync(Insert(waiting));
        var done = await FinishedAsync(NewJob(id: named ? JobId.FromName("default", "done") : null), new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null));
        foreach (var id in (JobId[])[waiting.Id, done.Id])
            Assert.Equal(id, Assert.IsType<CommitVerdict.IdTaken>(await TryCommitAsync(Insert(NewJob(task: "other", id: id)))).Id);
        AssertSame(waiting, await RequireAsync(waiting.Id));
        AssertSame(done, await RequireAsync(done.Id));
    }

    [Fact]
    public async Task An_id_is_taken_by_an_earlier_job_of_the_same_unit()
    {
        var id = JobId.FromName("default", "twice");
        Assert.IsType<CommitVerdict.IdTaken>(await TryCommitAsync(Insert(NewJob(id: id)), Insert(NewJob(id: id))));
        Assert.Null(await FindAsync(id));
    }

    [Fact]
    public async Task An_id_is_free_again_when_its_record_is_removed()
    {
        var job = await CommitOneAsync(Insert(NewJob(id: JobId.FromName("default", "again"))));
        await CommitAsync(Ask(job, JobAction.Delete()));
        await CommitAsync(Insert(NewJob(id: job.Id)));
    }

    [Fact]
    public async Task A_job_whose_key_is_taken_is_left_out_and_the_holder_named()
    {
        var holder = await CommitOneAsync(Insert(NewJob(unique: "k")));
        var (beside, second) = (NewJob(), NewJob(unique: "k"));
        var verdict = Assert.IsType<CommitVerdict.CommittedExcept>(await TryCommitAsync(Insert(beside), Insert(second)));
        Assert.Equal(new KeyValuePair<JobId, JobId>(second.Id, holder.Id), Assert.Single(verdict.Existing));
        Assert.NotNull(await FindAsync(beside.Id));
        Assert.Null(await FindAsync(second.Id));
    }

    [Fact]
    public async Task The_first_of_equal_keys_in_one_unit_wins()
    {
        var (first, second, third) = (NewJob(unique: "k"), NewJob(unique: "k"), NewJob(unique: "k"));
        var verdict = Assert.IsType<CommitVerdict.CommittedExcept>(await TryCommitAsync(Insert(first), Insert(second), Insert(third)));
        Assert.Equal([(second.Id, first.Id), (third.Id, first.Id)], verdict.Existing.OrderBy(e => e.Key).Select(e => (e.Key, e.Value)));
    }

    [Fact]
    public async Task The_first_of_equal_keys_in_one_call_wins()
    {
        var (first, second) = (NewJob(unique: "k"), NewJob(unique: "k"));
        var verdicts = await TryCommitAllAsync([Insert(first)], [Insert(second)]);
        Assert.IsType<CommitVerdict.Committed>(verdicts[0]);
        Assert.Equal(first.Id, Assert.IsType<CommitVerdict.CommittedExcept>(verdicts[1]).Existing[second.Id]);
    }

    [Fact]
    public async Task A_key_that_a_later_unit_of_the_call_frees_is_not_free_yet()
    {
        var holder = await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob(unique: "k")))));
        var (early, late) = (NewJob(unique: "k"), NewJob(unique: "k"));
        var end = Change(holder, new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null));
        var verdicts = await TryCommitAllAsync([Insert(NewJob())], [Insert(early)], [end], [Insert(late)]);
        Assert.Equal(holder.Id, Assert.IsType<CommitVerdict.CommittedExcept>(verdicts[1]).Existing[early.Id]);
        foreach (var other in (int[])[0, 2, 3]) Assert.IsType<CommitVerdict.Committed>(verdicts[other]);
        Assert.Null(await FindAsync(early.Id));
        Assert.NotNull(await FindAsync(late.Id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_key_that_a_change_of_the_same_unit_frees_is_free(bool freedFirst)
    {
        var holder = await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob(unique: "k")))));
        var (next, end) = (NewJob(unique: "k"), Change(holder, new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null)));
        var changes = freedFirst ? (JobChange[])[end, Insert(next)] : [Insert(next), end];
        Assert.IsType<CommitVerdict.Committed>(await TryCommitAsync(changes));
        Assert.NotNull(await FindAsync(next.Id));
    }

    [Fact]
    public async Task A_key_goes_to_the_new_job_if_its_unit_is_before_the_one_that_brings_another_back()
    {
        var cancelled = await CommitOneAsync(Ask(await CommitOneAsync(Insert(NewJob(unique: "k"))), JobAction.Cancel));
        var fresh = NewJob(unique: "k");
        var verdicts = await TryCommitAllAsync([Insert(fresh)], [Ask(cancelled, JobAction.Retry)]);
        Assert.IsType<CommitVerdict.Committed>(verdicts[0]);
        Assert.Equal(fresh.Id, Assert.IsType<CommitVerdict.KeyTaken>(verdicts[1]).Holder);
    }

    [Fact]
    public async Task A_key_goes_to_the_job_that_comes_back_if_its_unit_is_first_or_the_same()
    {
        var cancelled = await CommitOneAsync(Ask(await CommitOneAsync(Insert(NewJob(unique: "k"))), JobAction.Cancel));
        var (early, late) = (NewJob(unique: "k"), NewJob(unique: "k"));
        var verdicts = await TryCommitAllAsync([Insert(early), Ask(cancelled, JobAction.Retry)], [Insert(late)]);
        Assert.Equal(cancelled.Id, Assert.IsType<CommitVerdict.CommittedExcept>(verdicts[0]).Existing[early.Id]);
        Assert.Equal(cancelled.Id, Assert.IsType<CommitVerdict.CommittedExcept>(verdicts[1]).Existing[late.Id]);
    }

    [Fact]
    public async Task Named_jobs_of_many_units_have_their_own_fates()
    {
        var units = Enumerable.Range(0, 20).Select(i => (JobChange[])[Insert(NewJob(id: JobId.FromName("default", $"{i % 15}")))]).ToArray();
        var verdicts = await TryCommitAllAsync(units);
        Assert.All(verdicts.Take(15), v => Assert.IsType<CommitVerdict.Committed>(v));
        Assert.All(verdicts.Skip(15), v => Assert.IsType<CommitVerdict.IdTaken>(v));
    }

    [Fact]
    public async Task A_key_belongs_to_its_queue_across_its_partitions()
    {
        PartitionKey sibling = new("default", 1), stranger = new("elsewhere", 0);
        await OwnAsync(sibling);
        await OwnAsync(stranger);
        await CommitAsync(Insert(NewJob(unique: "k")));
        await CommitAsync(Insert(NewJob(stranger, unique: "k")));
        Assert.IsType<CommitVerdict.CommittedExcept>(await TryCommitAsync(Insert(NewJob(sibling, unique: "k"))));
    }

    [Fact]
    public async Task A_key_is_free_when_its_job_has_ended_or_is_gone()
    {
        await FinishedAsync(NewJob(unique: "k"), new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null));
        await FinishedAsync(NewJob(unique: "k"), Failed(retryable: false));
        await FinishedAsync(NewJob(unique: "k"), new JobEvent.Dropped("x"));
        var cancelled = await CommitOneAsync(Insert(NewJob(unique: "k")));
        await CommitAsync(Ask(cancelled, JobAction.Cancel));
        var deleted = await CommitOneAsync(Insert(NewJob(unique: "k")));
        await CommitAsync(Ask(deleted, JobAction.Delete()));
        await CommitAsync(Insert(NewJob(unique: "k")));
    }

    [Fact]
    public async Task A_key_is_held_while_its_job_runs_and_between_attempts()
    {
        var job = await CommitOneAsync(Insert(NewJob(unique: "k")));
        job = await CommitOneAsync(Start(job));
        Assert.IsType<CommitVerdict.CommittedExcept>(await TryCommitAsync(Insert(NewJob(unique: "k"))));
        await CommitAsync(Change(job, Failed(retryable: true, Now + Minute)));
        Assert.IsType<CommitVerdict.CommittedExcept>(await TryCommitAsync(Insert(NewJob(unique: "k"))));
    }

    [Fact]
    public async Task A_large_unit_is_stored_whole()
    {
        var jobs = Enumerable.Range(0, 10_000).Select(_ => NewJob()).ToArray();
        await CommitAsync([.. jobs.Select(Insert)]);
        Assert.Equal(10_000, (await Store.CountAsync(null, Now, CancellationToken.None)).Pending);
        Assert.NotNull(await FindAsync(jobs[9999].Id));
    }
}

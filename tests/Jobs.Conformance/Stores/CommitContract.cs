using System.Collections.Immutable;
using Jobs.Core;

namespace Jobs.Conformance.Stores;

/// <summary>Changes of stored jobs, from the start to the end and back.</summary>
public abstract class CommitContract(IStoreFixture fixture) : StoreContract(fixture)
{
    [Fact]
    public async Task A_start_is_kept()
    {
        var job = await CommitOneAsync(Insert(NewJob()));
        var running = await CommitOneAsync(Start(job));
        AssertSame(running, await RequireAsync(job.Id));
        Assert.Equal((JobState.Running, 1, "worker"), (running.State, running.Deliveries, running.Worker));
    }

    [Fact]
    public async Task An_end_is_kept_with_its_result_log_and_progress()
    {
        var notes = new AttemptNotes(ImmutableList.Create(new JobLogLine(Now, 1, "line ✓")), new JobProgress(100, "all"));
        var done = await FinishedAsync(NewJob(unique: "k", group: "g", tags: ["t"]), new JobEvent.Succeeded("42"u8.ToArray(), notes));
        AssertSame(done, await RequireAsync(done.Id));
        Assert.Equal("42"u8.ToArray(), (await RequireAsync(done.Id)).Result!.Value.ToArray());
    }

    [Fact]
    public async Task An_end_may_be_written_without_its_start()
    {
        var job = await CommitOneAsync(Insert(NewJob()));
        var running = Start(job).Transition.After!;
        var done = await CommitOneAsync(Change(running, new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null)));
        AssertSame(done, await RequireAsync(job.Id));
    }

    [Fact]
    public async Task A_failure_is_kept_with_all_errors()
    {
        var job = await CommitOneAsync(Insert(NewJob()));
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            job = await CommitOneAsync(Change(await CommitOneAsync(Start(job)), Failed(retryable: true, Now, $"error {attempt}")));
            AssertSame(job, await RequireAsync(job.Id));
            job = Change(job, JobEvent.Due.Instance).Transition.After!;
        }

        Assert.Equal(["error 1", "error 2", "error 3"], (await RequireAsync(job.Id)).Notes!.Errors.Select(e => e.Message));
    }

    [Fact]
    public async Task A_snooze_can_replace_the_payload()
    {
        var job = await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob()))));
        var later = await CommitOneAsync(Change(job, new JobEvent.Snoozed(Now + Minute, "new"u8.ToArray())));
        AssertSame(later, await RequireAsync(job.Id));
        Assert.Equal("new"u8.ToArray(), (await RequireAsync(job.Id)).Payload.ToArray());
    }

    [Fact]
    public async Task Priority_and_time_can_be_changed()
    {
        var job = await CommitOneAsync(Insert(NewJob(delay: Minute)));
        job = await CommitOneAsync(Ask(job, JobAction.ChangePriority(9)));
        job = await CommitOneAsync(Ask(job, JobAction.Reschedule(Now + (2 * Minute))));
        var stored = await RequireAsync(job.Id);
        Assert.Equal((9, Now + (2 * Minute)), (stored.Priority.Urgency, stored.RunAt));
    }

    [Fact]
    public async Task A_removed_job_is_gone_finished_or_not()
    {
        var waiting = await CommitOneAsync(Insert(NewJob()));
        await CommitAsync(Ask(waiting, JobAction.Delete()));
        Assert.Null(await FindAsync(waiting.Id));
        var done = await FinishedAsync(NewJob(), new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null));
        await CommitAsync(Ask(done, JobAction.Delete()));
        Assert.Null(await FindAsync(done.Id));
        Assert.Equal(new JobCounts(), await Store.CountAsync(null, Now, CancellationToken.None));
    }

    [Fact]
    public async Task A_finished_job_can_come_back_and_end_again()
    {
        var dead = await FinishedAsync(NewJob(unique: "k"), Failed(retryable: false));
        var back = await CommitOneAsync(Ask(dead, JobAction.Retry));
        AssertSame(back, await RequireAsync(dead.Id));
        Assert.Equal(new JobCounts { Pending = 1 }, await Store.CountAsync(null, Now, CancellationToken.None));
        Assert.IsType<CommitVerdict.CommittedExcept>(await TryCommitAsync(Insert(NewJob(unique: "k"))));
        var done = await CommitOneAsync(Change(await CommitOneAsync(Start(back)), new JobEvent.Succeeded("1"u8.ToArray())));
        AssertSame(done, await RequireAsync(dead.Id));
        Assert.Equal(new JobCounts { Completed = 1 }, await Store.CountAsync(null, Now, CancellationToken.None));
    }

    [Fact]
    public async Task A_finished_job_cannot_come_back_while_another_one_has_its_key()
    {
        var dead = await FinishedAsync(NewJob(unique: "k"), Failed(retryable: false));
        var holder = await CommitOneAsync(Insert(NewJob(unique: "k")));
        var beside = NewJob();
        Assert.Equal(new CommitVerdict.KeyTaken(dead.Id, holder.Id), await TryCommitAsync(Insert(beside), Ask(dead, JobAction.Retry)));
        AssertSame(dead, await RequireAsync(dead.Id));
        Assert.Null(await FindAsync(beside.Id));
    }

    [Theory]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Discarded)]
    [InlineData(JobState.Cancelled)]
    [InlineData(JobState.Dead)]
    public async Task A_new_job_can_replace_an_ended_one_under_its_id(JobState state)
    {
        var old = await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob(unique: "k", group: "g", tags: ["old"])))));
        var ended = await CommitOneAsync(End(old, state));
        var next = await CommitOneAsync(Replace(ended, NewJob(unique: "l", tags: ["new"])));
        Assert.Equal((JobState.Pending, 1), (next.State, next.Deliveries));
        AssertSame(next, await RequireAsync(ended.Id));
        Assert.Equal(new JobCounts { Pending = 1 }, await Store.CountAsync(null, Now, CancellationToken.None));
        Assert.Equal(new CommitVerdict.Conflict(ended.Id), await TryCommitAsync(Replace(ended, NewJob())));
        Assert.IsType<CommitVerdict.CommittedExcept>(await TryCommitAsync(Insert(NewJob(unique: "l"))));
        var opening = await OwnAsync(Home);
        Assert.Equal((next.Sequence, 1L), (opening.LastSequence, opening.UnfinishedJobs));

        var done = await CommitOneAsync(Change(await CommitOneAsync(Start(next)), new JobEvent.Succeeded("1"u8.ToArray())));
        Assert.Equal(2, done.Deliveries);
        AssertSame(done, await RequireAsync(ended.Id));
        Assert.Equal(new JobCounts { Completed = 1 }, await Store.CountAsync(null, Now, CancellationToken.None));
    }

    [Fact]
    public async Task A_job_that_replaces_one_meets_those_of_the_same_call_that_want_its_key()
    {
        var ended = await FinishedAsync(NewJob(), new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null));
        var holder = NewJob(unique: "k");
        var verdicts = await TryCommitAllAsync([Insert(holder)], [Replace(ended, NewJob(unique: "k"))]);
        Assert.Equal(CommitVerdict.Committed.Instance, verdicts[0]);
        Assert.Equal(new CommitVerdict.KeyTaken(ended.Id, holder.Id), verdicts[1]);
        AssertSame(ended, await RequireAsync(ended.Id));
    }

    private JobChange Replace(JobRecord ended, JobRecord by) => Change(ended, new JobEvent.Replaced(by with { Id = ended.Id }));

    [Theory]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Discarded)]
    [InlineData(JobState.Cancelled)]
    [InlineData(JobState.Dead)]
    public async Task Without_retention_only_a_dead_record_is_kept(JobState state)
    {
        var job = await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob(retention: RetentionPolicy.None)))));
        await CommitAsync(End(job, state));
        var stored = await FindAsync(job.Id);
        Assert.Equal(state is JobState.Dead, stored is not null);
    }

    [Theory]
    [InlineData(JobState.Completed)]
    [InlineData(JobState.Dead)]
    public async Task A_payload_can_be_dropped_at_the_end_but_not_a_dead_ones(JobState state)
    {
        var job = await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob(retention: new RetentionPolicy(Minute, KeepPayload: false))))));
        await CommitAsync(End(job, state));
        Assert.Equal(state is JobState.Dead ? job.Payload.Length : 0, (await RequireAsync(job.Id)).Payload.Length);
    }

    [Fact]
    public async Task Changes_of_many_jobs_and_partitions_go_together()
    {
        PartitionKey second = new("second", 3);
        await OwnAsync(second);
        var started = new List<JobRecord>();
        foreach (var partition in (PartitionKey[])[Home, second, Home])
            started.Add(await CommitOneAsync(Start(await CommitOneAsync(Insert(NewJob(partition))))));
        var fresh = NewJob(second);
        await CommitAsync([.. started.Select(j => Change(j, new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null))), Insert(fresh)]);
        Assert.Equal(new JobCounts { Completed = 3, Pending = 1 }, await Store.CountAsync(null, Now, CancellationToken.None));
    }

    private JobChange End(JobRecord job, JobState state) => state switch
    {
        JobState.Completed => Change(job, new JobEvent.Succeeded((ReadOnlyMemory<byte>?)null)),
        JobState.Discarded => Change(job, new JobEvent.Dropped("x")),
        JobState.Cancelled => Ask(job, JobAction.Cancel),
        _ => Change(job, Failed(retryable: false)),
    };
}

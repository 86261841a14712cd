namespace Jobs.Core.Tests.Queueing;

/// <summary>What the model test or a second look found, each as small as it gets.</summary>
public sealed class QueuePartitionRegressionTests
{
    private static readonly PartitionLimits Small = new() { WindowReadyJobs = 4, WindowDueJobs = 4, WindowGroupJobs = 2 };

    private static JobEvent.Succeeded Succeeded { get; } = new(null);

    [Fact]
    public async Task Jobs_that_became_due_while_only_the_store_had_them_are_handed_out()
    {
        await using var bench = new PartitionBench(Small);
        for (var i = 1; i <= 20; i++) bench.Insert(afterSeconds: i);
        bench.Now += TimeSpan.FromMinutes(1);

        var handedOut = new List<long>();
        for (var round = 0; round < 20; round++)
        {
            bench.Pump();
            handedOut.AddRange(bench.Dispatch().Select(j => j.Sequence));
        }

        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), handedOut);
    }

    [Fact]
    public async Task A_lane_that_must_be_read_first_is_not_passed_over()
    {
        await using var bench = new PartitionBench(Small);
        for (var i = 0; i < 8; i++) bench.Insert("a", priority: 9);
        bench.Insert("b", priority: 1);

        var first = bench.Dispatch();
        Assert.All(first, job => Assert.Equal("a", job.Terms.Task));
        var all = first.ToList();
        for (var round = 0; round < 9; round++)
        {
            bench.Pump();
            all.AddRange(bench.Dispatch());
        }

        Assert.Equal(Enumerable.Range(1, 9).Select(i => (long)i), all.Select(j => j.Sequence));
    }

    [Fact]
    public async Task A_question_decided_on_an_old_record_looks_the_job_up_again()
    {
        await using var bench = new PartitionBench();
        var job = bench.Insert();
        bench.Reopen();
        var found = bench.Find(job.Id);
        bench.Pump();
        bench.Change(job.Id, Succeeded, Assert.Single(bench.Dispatch()).Deliveries);

        Assert.Equal(PlanVerdict.NotHere, bench.PlanStored(found, new JobEvent.Asked(JobAction.ChangePriority(3))).Verdict);
        Assert.Empty(bench.Dispatch());
    }

    [Fact]
    public async Task A_question_does_not_undo_another_one_that_was_answered_meanwhile()
    {
        await using var bench = new PartitionBench();
        var job = bench.Insert(afterSeconds: 60);
        bench.Reopen();
        var found = bench.Find(job.Id);
        bench.Ask(job.Id, JobAction.Reschedule(bench.Now.AddDays(1)));
        Assert.Null(bench.Partition.Find(job.Id));

        Assert.Equal(PlanVerdict.NotHere, bench.PlanStored(found, new JobEvent.Asked(JobAction.ChangePriority(3))).Verdict);
    }

    [Fact]
    public async Task A_question_that_the_store_refuses_neither_loses_the_job_nor_doubles_it()
    {
        await using var bench = new PartitionBench();
        var job = bench.Insert();
        bench.Reopen();
        var pagedMeanwhile = bench.Plan(job.Id, new JobEvent.Asked(JobAction.ChangePriority(3)));
        bench.Pump();
        bench.Partition.Abort(pagedMeanwhile, bench.Now);
        Assert.Equal(0, Assert.Single(bench.Dispatch()).Priority.Urgency);
    }

    [Fact]
    public async Task A_job_that_the_store_has_no_more_is_not_taken_into_the_window_by_a_question()
    {
        await using var bench = new PartitionBench();
        var job = bench.Insert();
        bench.Reopen();
        var change = bench.Plan(job.Id, new JobEvent.Asked(JobAction.ChangePriority(3)));
        Assert.IsType<CommitVerdict.Committed>(bench.Commit(new JobTransition(job, null)));
        bench.Pump();
        Assert.IsType<CommitVerdict.Conflict>(bench.Commit(change.Transition));

        bench.Partition.Abort(change, bench.Now);

        Assert.Null(bench.Partition.Find(job.Id));
        Assert.Empty(bench.Dispatch());
    }

    [Theory]
    [InlineData("group")]
    [InlineData("other")]
    [InlineData(null)]
    public async Task A_job_that_replaces_a_cancelled_one_waits_for_its_handler_and_has_no_turn_of_its_group(string? group)
    {
        await using var bench = new PartitionBench();
        var old = bench.Insert("a", "group");
        var second = bench.Insert("a", "group");
        var delivery = Assert.Single(bench.Dispatch()).Deliveries;
        bench.Ask(old.Id, JobAction.Cancel);
        var next = Replace(bench, bench.Draft("a", group) with { Id = old.Id });
        Assert.Empty(bench.Dispatch());

        bench.Partition.HandlerEnded(old.Id, delivery, bench.Now);
        var free = bench.Dispatch();
        Assert.Equal(group == "group" ? [second.Id] : new[] { second.Id, old.Id }.Order(), free.Select(job => job.Id).Order());
        bench.Change(second.Id, Succeeded, free.Single(job => job.Id == second.Id).Deliveries);
        var last = group == "group" ? Assert.Single(bench.Dispatch()) : free.Single(job => job.Id == old.Id);
        Assert.Equal((next.Sequence, delivery + 1), (last.Sequence, last.Deliveries));
        Assert.Equal(PlanVerdict.Stale, bench.Partition.Plan(old.Id, Succeeded, bench.Now, delivery).Verdict);
    }

    private static JobRecord Replace(PartitionBench bench, JobRecord by)
    {
        var transition = new JobStateMachine(JobLimits.Default).Apply(bench.Find(by.Id).Job, new JobEvent.Replaced(by), bench.Now)!;
        Assert.IsType<CommitVerdict.Committed>(bench.Commit(transition));
        bench.Partition.Inserted(transition.After!, bench.Now);
        return transition.After!;
    }

    [Fact]
    public async Task When_the_first_of_a_group_ends_in_the_store_the_next_one_is_found()
    {
        await using var bench = new PartitionBench();
        var first = bench.Insert("a", "group");
        var next = bench.Insert("b", "group");
        bench.Reopen();
        var cancel = bench.Plan(first.Id, new JobEvent.Asked(JobAction.Cancel));

        // Task b's page does not show the next one, because it is not the first of its group.
        bench.Pump();
        bench.Settle(cancel);
        bench.Pump();

        Assert.Equal(next.Id, Assert.Single(bench.Dispatch()).Id);
    }

    [Fact]
    public async Task A_page_that_is_newer_than_a_change_is_believed_although_an_older_page_is_under_way()
    {
        await using var bench = new PartitionBench(Small);
        for (var i = 0; i < 12; i++) bench.Insert("a");
        for (var i = 1; i <= 12; i++) bench.Insert("b", afterSeconds: 600 + i);
        bench.Reopen();
        var older = bench.Partition.NextPage(bench.Now)!;
        Assert.Equal(PageKind.Due, older.Kind);
        var olderJobs = bench.Read(older);

        // The last job of lane a changes while the due page is under way, then the lane is read page by page.
        bench.Ask(bench.Inserted[11].Id, JobAction.ChangePriority(-1));
        var handedOut = new List<JobRecord>();
        for (var round = 0; round < 12; round++)
        {
            while (bench.Partition.NextPage(bench.Now) is { } page) bench.Partition.PageLoaded(page, bench.Read(page), bench.Now);
            handedOut.AddRange(bench.Dispatch());
        }

        bench.Partition.PageLoaded(older, olderJobs, bench.Now);
        Assert.Equal(12, handedOut.Count);
    }

    [Fact]
    public async Task A_late_outcome_of_an_earlier_delivery_does_not_end_the_wait_for_the_handler_that_runs()
    {
        await using var bench = new PartitionBench();
        var job = bench.Insert(group: "group");
        var next = bench.Insert(group: "group");
        var early = Assert.Single(bench.Dispatch("w1"));
        bench.Settle(Assert.Single(bench.Partition.PlanWorkerLost("w1", bench.Now)));
        var late = Assert.Single(bench.Dispatch("w2"));
        bench.Ask(job.Id, JobAction.Cancel);

        bench.Partition.HandlerEnded(job.Id, early.Deliveries, bench.Now);
        Assert.Empty(bench.Dispatch());
        bench.Partition.HandlerEnded(job.Id, late.Deliveries, bench.Now);
        Assert.Equal(next.Id, Assert.Single(bench.Dispatch()).Id);
    }

    [Fact]
    public async Task A_job_that_came_back_while_its_handler_ran_runs_when_that_ones_worker_is_lost()
    {
        await using var bench = new PartitionBench();
        var job = bench.Insert();
        bench.Dispatch("w1");
        bench.Ask(job.Id, JobAction.Cancel);
        bench.Ask(job.Id, JobAction.Retry);
        Assert.Empty(bench.Dispatch("w2"));

        Assert.Empty(bench.Partition.PlanWorkerLost("w1", bench.Now));

        Assert.Equal(2, Assert.Single(bench.Dispatch("w2")).Deliveries);
    }

    [Fact]
    public async Task A_job_that_came_back_and_was_deleted_while_its_handler_ran_does_not_run_again()
    {
        await using var bench = new PartitionBench();
        var job = bench.Insert();
        bench.Dispatch();
        bench.Ask(job.Id, JobAction.Cancel);
        bench.Ask(job.Id, JobAction.Retry);
        bench.Ask(job.Id, JobAction.Delete());

        bench.Partition.HandlerEnded(job.Id, 1, bench.Now);

        Assert.Empty(bench.Dispatch());
        Assert.Equal(0, bench.Partition.WindowJobs);
    }

    [Fact]
    public async Task A_job_that_was_rescheduled_while_its_old_handler_ran_gives_up_its_groups_turn()
    {
        await using var bench = new PartitionBench();
        var job = bench.Insert(group: "group");
        var next = bench.Insert(group: "group");
        bench.Dispatch();
        bench.Ask(job.Id, JobAction.Cancel);
        bench.Ask(job.Id, JobAction.Retry);
        bench.Ask(job.Id, JobAction.Reschedule(bench.Now.AddDays(1)));

        bench.Partition.HandlerEnded(job.Id, 1, bench.Now);

        Assert.Equal(next.Id, Assert.Single(bench.Dispatch()).Id);
    }

    [Fact]
    public async Task The_start_of_a_job_that_was_deleted_is_not_written()
    {
        await using var bench = new PartitionBench();
        var deleted = bench.Insert();
        var running = bench.Insert();
        bench.Dispatch();
        bench.Ask(deleted.Id, JobAction.Delete(whenRunning: true));

        Assert.Equal(running.Id, Assert.Single(bench.Partition.TakeUnwrittenStarts()).Job.Id);
    }

    [Fact]
    public async Task A_group_takes_in_no_more_than_its_window_while_a_page_of_it_is_read()
    {
        await using var bench = new PartitionBench(Small);
        for (var i = 0; i < 8; i++) bench.Insert(group: "group");
        var first = Assert.Single(bench.Dispatch());
        bench.Pump();
        while (bench.Partition.WindowJobs > 1) first = Next(bench, first);
        bench.Change(first.Id, Succeeded, first.Deliveries);
        var page = bench.Partition.NextPage(bench.Now)!;
        Assert.Equal(PageKind.Group, page.Kind);

        for (var i = 0; i < 50; i++) bench.Insert(group: "group");
        Assert.Equal(Small.WindowGroupJobs, bench.Partition.WindowJobs);

        bench.Partition.PageLoaded(page, bench.Read(page), bench.Now);
        bench.Pump();
        Assert.Equal(first.Sequence + 1, Assert.Single(bench.Dispatch()).Sequence);
    }

    private static JobRecord Next(PartitionBench bench, JobRecord running)
    {
        bench.Change(running.Id, Succeeded, running.Deliveries);
        return Assert.Single(bench.Dispatch());
    }
}

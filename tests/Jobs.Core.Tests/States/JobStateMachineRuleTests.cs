using static Jobs.Core.Tests.States.Sample;

namespace Jobs.Core.Tests.States;

/// <summary>What the table cannot say: what depends on counts, times and bounds.</summary>
public sealed class JobStateMachineRuleTests
{
    private static readonly JobStateMachine Machine = new(JobLimits.Default);

    private static JobEvent.Failed Failed { get; } = new(Error(), Now.AddSeconds(5), Retryable: true);

    [Fact]
    public void A_lease_goes_with_the_run_and_is_extended_only_while_it_runs()
    {
        var leased = Next(New(JobState.Pending), new JobEvent.Started("w") { LeasedUntil = Now.AddMinutes(1) });
        Assert.Equal(Now.AddMinutes(1), leased.LeasedUntil);
        var extended = Next(leased, new JobEvent.Extended(Now.AddMinutes(2)));
        Assert.Equal((JobState.Running, Now.AddMinutes(2), 1), (extended.State, extended.LeasedUntil, extended.Deliveries));

        JobEvent[] ends =
        [
            JobEvent.Succeeded.Plain, Failed, new JobEvent.Snoozed(Now.AddDays(1), null), new JobEvent.Dropped("x"), new JobEvent.GivenBack(),
            new JobEvent.WorkerLost(), new JobEvent.Asked(JobAction.Cancel),
        ];
        Assert.All(ends, end => Assert.Null(Next(extended, end).LeasedUntil));
        Assert.Null(Next(extended, JobEvent.Succeeded.Plain).Notes);
        Assert.All(ends, end => Assert.Null(Machine.Apply(Next(extended, end), new JobEvent.Extended(Now.AddDays(1)), Now)));
        Assert.Contains("The lease of 'w' ended", Assert.Single(Next(extended, new JobEvent.WorkerLost()).Notes!.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_is_replaced_by_one_with_its_id_only_and_the_new_one_keeps_its_fence()
    {
        var old = In(JobState.Dead);
        var next = New(JobState.Scheduled) with { UniqueKey = "other" };
        Assert.Null(Machine.Apply(old, new JobEvent.Replaced(next), Now));
        next = next with { Id = old.Id };
        var transition = Machine.Apply(old, new JobEvent.Replaced(next), Now)!;
        Assert.Equal(next with { Deliveries = old.Deliveries }, transition.After);
        Assert.Equal((true, false), (transition.IsNewJob, transition.Ends));
        Assert.False(Machine.Apply(old, new JobEvent.Asked(JobAction.Retry), Now)!.IsNewJob);
        var started = Next(transition.After! with { State = JobState.Pending }, new JobEvent.Started("w"));
        Assert.Equal((old.Deliveries + 1, 1), (started.Deliveries, started.LastAttempt));
    }

    [Theory]
    [InlineData(JobState.Scheduled)]
    [InlineData(JobState.Retrying)]
    public void A_job_is_not_due_one_tick_before_its_time(JobState state)
    {
        var job = New(state) with { RunAt = Now };

        Assert.Null(Machine.Apply(job, JobEvent.Due.Instance, Now.AddTicks(-1)));
        Assert.Equal(JobState.Pending, Machine.Apply(job, JobEvent.Due.Instance, Now)!.After!.State);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(10, 10)]
    [InlineData(0, 1)]
    [InlineData(-5, 1)]
    public void Attempts_include_the_first_and_one_is_always_made(int maxAttempts, int expectedAttempts)
    {
        var job = New(JobState.Pending, Terms with { MaxAttempts = maxAttempts });
        var attempts = 0;
        while (!job.State.IsFinal())
        {
            job = Next(job, new JobEvent.Started("w"));
            Assert.Equal(++attempts, job.LastAttempt);
            job = Next(job, Failed);
            if (!job.State.IsFinal()) job = Machine.Apply(job, JobEvent.Due.Instance, job.RunAt)!.After!;
        }

        Assert.Equal(expectedAttempts, attempts);
        Assert.Equal(JobState.Dead, job.State);
        Assert.Equal($"all {maxAttempts} attempts are used up", job.Notes!.Reason);
        Assert.Equal(Now, job.FinishedAt);
    }

    [Theory]
    [InlineData(ExhaustedAction.DeadLetter, JobState.Dead)]
    [InlineData(ExhaustedAction.Discard, JobState.Discarded)]
    public void A_job_without_attempts_left_ends_as_its_terms_say(ExhaustedAction action, JobState expected)
    {
        var job = In(JobState.Running, Terms with { MaxAttempts = 4, OnExhausted = action });

        Assert.Equal(expected, Next(job, Failed).State);
        Assert.Equal(expected, Next(job, new JobEvent.WorkerLost()).State);
    }

    [Fact]
    public void An_error_that_allows_no_retry_is_dead_even_where_exhaustion_would_discard()
    {
        var job = In(JobState.Running, Terms with { MaxAttempts = 1, OnExhausted = ExhaustedAction.Discard });

        Assert.Equal(JobState.Dead, Next(job, Failed with { Retryable = false }).State);
    }

    [Fact]
    public void Attempts_without_limit_never_run_out()
    {
        var job = In(JobState.Running, Terms with { MaxAttempts = JobOptions.UnlimitedAttempts }) with { Failures = int.MaxValue - 2, LostDeliveries = 0 };

        Assert.Equal(JobState.Retrying, Next(job, Failed).State);
        Assert.Equal(JobState.Retrying, Next(job with { Failures = int.MaxValue - 1 }, Failed).State);
    }

    [Fact]
    public void Lost_deliveries_use_up_attempts_unless_they_do_not_count()
    {
        var counting = New(JobState.Pending, Terms with { MaxAttempts = 3 });
        var forgiving = New(JobState.Pending, Terms with { MaxAttempts = 3, CountLostDeliveries = false });
        for (var i = 1; i <= 3; i++)
        {
            counting = Next(Next(counting, new JobEvent.Started("w")), new JobEvent.WorkerLost());
            forgiving = Next(Next(forgiving, new JobEvent.Started("w")), new JobEvent.WorkerLost());
        }

        Assert.Equal(JobState.Dead, counting.State);
        Assert.Equal(3, counting.Notes!.Errors.Count);
        Assert.Equal(JobState.Pending, forgiving.State);
        Assert.Equal((3, 3, 1), (forgiving.LostDeliveries, forgiving.Deliveries, forgiving.LastAttempt));
    }

    [Fact]
    public void Giving_back_and_snoozing_use_no_attempt_but_are_deliveries()
    {
        var job = New(JobState.Pending, Terms with { MaxAttempts = 1 });
        for (var i = 0; i < 5; i++)
        {
            job = Next(Next(job, new JobEvent.Started("w")), new JobEvent.GivenBack());
            job = Next(Next(job, new JobEvent.Started("w")), new JobEvent.Snoozed(Now, null));
        }

        Assert.Equal((0, 0, 10, 1), (job.Failures, job.LostDeliveries, job.Deliveries, job.LastAttempt));
    }

    [Fact]
    public void A_retry_by_hand_gives_all_attempts_anew_and_old_outcomes_stay_fenced()
    {
        var job = New(JobState.Pending, Terms with { MaxAttempts = 1 });
        job = Next(Next(job, new JobEvent.Started("w")), Failed);
        Assert.Equal(JobState.Dead, job.State);

        job = Next(Next(job, new JobEvent.Asked(JobAction.Retry)), new JobEvent.Started("w"));

        Assert.Equal((1, 2), (job.LastAttempt, job.Deliveries));
        Assert.Null(job.Notes);
    }

    [Fact]
    public void Of_the_errors_the_latest_are_kept()
    {
        var machine = new JobStateMachine(JobLimits.Default with { MaxErrorsCount = 3 });
        var job = New(JobState.Running, Terms with { MaxAttempts = JobOptions.UnlimitedAttempts });
        for (var i = 1; i <= 6; i++)
        {
            JobEvent happened = i == 5 ? new JobEvent.WorkerLost() : new JobEvent.Failed(Error(i), Now, Retryable: true);
            job = machine.Apply(job, happened, Now)!.After! with { State = JobState.Running };
        }

        Assert.Equal(["no luck", "The worker '' was lost while it ran the job.", "no luck"], job.Notes!.Errors.Select(e => e.Message));
        Assert.Equal(6, job.Notes.Errors[^1].Attempt);
    }

    [Fact]
    public void Of_the_log_the_latest_lines_are_kept_and_progress_stays_until_there_is_newer()
    {
        var machine = new JobStateMachine(JobLimits.Default with { MaxLogLinesCount = 3 });
        var job = New(JobState.Running);
        for (var i = 1; i <= 4; i++)
        {
            var lines = new[] { new JobLogLine(Now, i, $"{i}a"), new JobLogLine(Now, i, $"{i}b") };
            var notes = new AttemptNotes(lines, i == 2 ? new JobProgress(20) : null);
            job = machine.Apply(job, new JobEvent.Snoozed(Now, null, notes), Now)!.After! with { State = JobState.Running };
        }

        Assert.Equal(["3b", "4a", "4b"], job.Notes!.Log.Select(l => l.Text));
        Assert.Equal(new JobProgress(20), job.Notes.Progress);
    }

    [Theory]
    [InlineData(JobState.Dead)]
    [InlineData(JobState.Cancelled)]
    [InlineData(JobState.Discarded)]
    public void A_retry_by_hand_forgets_what_was_before(JobState state)
    {
        var job = Next(In(state) with { Result = new byte[] { 9 } }, new JobEvent.Asked(JobAction.Retry));
        Assert.Equal((JobState.Pending, 0, 0, 0), (job.State, job.Failures, job.LostDeliveries, job.LastAttempt));
        Assert.Null(job.Result);
        Assert.Null(job.Notes);
    }

    [Fact]
    public void A_snoozed_job_that_had_failed_stays_scheduled_when_it_is_rescheduled()
    {
        // Retrying means that the job keeps its group's turn; a reschedule is no failure and must not claim it.
        var snoozed = Next(In(JobState.Running), new JobEvent.Snoozed(Now.AddDays(1), null));

        Assert.Equal(JobState.Scheduled, Next(snoozed, new JobEvent.Asked(JobAction.Reschedule(Now.AddDays(2)))).State);
    }

    private static JobRecord Next(JobRecord job, JobEvent happened) => Machine.Apply(job, happened, Now)!.After!;
}

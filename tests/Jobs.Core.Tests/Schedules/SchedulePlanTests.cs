namespace Jobs.Core.Tests.Schedules;

/// <summary>The rules of schedules one by one, without a clock or a store.</summary>
public sealed class SchedulePlanTests
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly Dictionary<JobId, JobState?> Nothing = [];

    [Fact]
    public void Nothing_happens_before_the_next_occurrence()
    {
        var wait = Assert.IsType<ScheduleDecision.Wait>(Decide(New(s => s.Every(Hour)), Start + Hour - TimeSpan.FromTicks(1)));
        Assert.Equal(Start + Hour, wait.Until);
    }

    [Fact]
    public void An_occurrence_fires_and_the_schedule_moves_on()
    {
        var fire = Assert.IsType<ScheduleDecision.Fire>(Decide(New(s => s.Every(Hour)), Start + Hour));
        Assert.Equal(Start + Hour, fire.Occurrence.Time);
        Assert.Equal((Start + (2 * Hour), Start + Hour, fire.Occurrence.JobId, 1L), (fire.Then.Next, fire.Then.Last, fire.Then.LastJob, fire.Then.Runs));
    }

    [Fact]
    public void Whoever_decides_gets_the_same_job()
    {
        var one = new ScheduleOccurrence(New(s => s.Every(Hour).Jitter(Hour)).Definition, Start + Hour, "a");
        var other = new ScheduleOccurrence(New(s => s.Every(Hour).Jitter(Hour)).Definition, Start + Hour, "b");
        Assert.Equal((one.JobId, one.DueAt), (other.JobId, other.DueAt));
        Assert.InRange(one.DueAt, Start + Hour, Start + (2 * Hour));
        var next = new ScheduleOccurrence(New(s => s.Every(Hour).Jitter(Hour)).Definition, Start + (2 * Hour), "a");
        Assert.NotEqual(one.JobId, next.JobId);
        Assert.NotEqual(one.DueAt - one.Time, next.DueAt - next.Time);
    }

    [Fact]
    public void On_every_node_each_node_has_its_own_job()
    {
        var definition = New(s => s.Every(Hour).InScope(ScheduleScope.EveryNode)).Definition;
        JobId IdOn(string node) => new ScheduleOccurrence(definition, Start, node).JobId;
        Assert.NotEqual(IdOn("a"), IdOn("b"));
        Assert.NotEqual(IdOn(new string('a', 300)), IdOn(new string('b', 300)));
        Assert.Equal(IdOn("a"), IdOn("a"));
    }

    [Fact]
    public void Jitter_covers_its_span()
    {
        var definition = New(s => s.Every(Hour).Jitter(TimeSpan.FromSeconds(100))).Definition;
        var occurrences = Enumerable.Range(0, 1000).Select(n => new ScheduleOccurrence(definition, Start + (n * Hour), ""));
        var draws = occurrences.Select(o => (o.DueAt - o.Time).TotalSeconds).ToList();
        Assert.InRange(draws.Min(), 0, 1);
        Assert.InRange(draws.Max(), 99, 100);
        Assert.InRange(draws.Average(), 45, 55);
    }

    [Fact]
    public void The_job_of_an_occurrence_is_kept_long_enough()
    {
        RetentionPolicy? Kept(RetentionPolicy? said)
        {
            var definition = New(s => s.Every(Hour).Job(o => o.Retention = said)).Definition;
            return new ScheduleOccurrence(definition, Start, "").ToJob(Work).Options!.Retention;
        }

        Assert.Equal(RetentionPolicy.For(ScheduleOccurrence.MinRetention), Kept(RetentionPolicy.None));
        Assert.Equal(new RetentionPolicy(ScheduleOccurrence.MinRetention, false), Kept(new RetentionPolicy(TimeSpan.FromSeconds(1), false)));
        Assert.Equal(RetentionPolicy.For(TimeSpan.FromDays(9)), Kept(RetentionPolicy.For(TimeSpan.FromDays(9))));
        Assert.Null(Kept(null));
    }

    [Fact]
    public void An_occurrence_is_skipped_only_if_it_has_no_job()
    {
        var schedule = New(s => s.Every(Hour).OnMisfire(MisfirePolicy.Skip));
        var now = Start + (5 * Hour) + TimeSpan.FromMinutes(10);
        var ask = Assert.IsType<ScheduleDecision.Ask>(Decide(schedule, now));
        Assert.Equal(new ScheduleOccurrence(schedule.Definition, Start + Hour, "n").JobId, ask.Id);

        var skipped = Assert.IsType<ScheduleDecision.Pass>(Decide(schedule, now, (ask.Id, null))).Then;
        Assert.Equal((Start + (6 * Hour), 0L), (skipped.Next, skipped.Runs));

        var fired = Assert.IsType<ScheduleDecision.Pass>(Decide(schedule, now, (ask.Id, JobState.Completed))).Then;
        Assert.Equal((Start + (2 * Hour), 1L, ask.Id), (fired.Next, fired.Runs, fired.LastJob));
    }

    [Fact]
    public void With_skip_the_latest_occurrence_still_fires_if_it_is_not_late()
    {
        var schedule = New(s => s.Every(Hour).OnMisfire(MisfirePolicy.Skip, TimeSpan.FromSeconds(10)));
        var first = new ScheduleOccurrence(schedule.Definition, Start + Hour, "n").JobId;
        var pass = Assert.IsType<ScheduleDecision.Pass>(Decide(schedule, Start + (5 * Hour) + TimeSpan.FromSeconds(10), (first, null)));
        Assert.Equal(Start + (5 * Hour), pass.Then.Next);
        pass = Assert.IsType<ScheduleDecision.Pass>(Decide(schedule, Start + (5 * Hour) + TimeSpan.FromSeconds(11), (first, null)));
        Assert.Equal(Start + (6 * Hour), pass.Then.Next);
    }

    [Fact]
    public void Made_up_occurrences_are_the_oldest_and_end_at_the_bound()
    {
        var schedule = New(s => s.Every(Hour).OnMisfire(MisfirePolicy.FireAll(3)));
        Assert.Equal([1, 2, 3, 10], Fired(schedule, Start + (10 * Hour)));
        Assert.Equal([1, 2, 3], Fired(schedule, Start + (10.5 * Hour)));
        Assert.Equal([1, 2, 3], Fired(schedule, Start + (3.5 * Hour)));
        Assert.Equal([1, 2], Fired(schedule, Start + (2 * Hour)));
    }

    [Fact]
    public void Each_outage_has_its_own_bound()
    {
        var schedule = New(s => s.Every(Hour).OnMisfire(MisfirePolicy.FireAll(2)));
        var after = Run(schedule, Start + (2.5 * Hour));
        Assert.Equal([3, 4], Fired(after, Start + (9.5 * Hour)));
    }

    [Fact]
    public void One_job_stands_for_all_that_were_missed()
    {
        Assert.Equal([1], Fired(New(s => s.Every(Hour)), Start + (10 * Hour)));
        Assert.Equal(Start + (11 * Hour), Run(New(s => s.Every(Hour)), Start + (10 * Hour)).Next);
    }

    [Theory]
    [InlineData("skip")]
    [InlineData("once")]
    [InlineData("all")]
    public void A_century_of_seconds_is_passed_at_once(string policy)
    {
        var schedule = New(s => s.Every(TimeSpan.FromSeconds(1)).OnMisfire(MisfirePolicy.Of(policy, 10)).OnOverlap(OverlapPolicy.Skip));
        Assert.InRange(Fired(schedule, Start.AddYears(100).AddMilliseconds(1)).Count, 1, 11);
    }

    [Fact]
    public void Runs_and_end_are_bounds()
    {
        Assert.Equal([1, 2], Fired(New(s => s.Every(Hour).MaxRuns(2).OnMisfire(MisfirePolicy.FireAll())), Start + (10 * Hour)));
        Assert.Equal([1, 2], Fired(New(s => s.Every(Hour).Until(Start + (3 * Hour)).OnMisfire(MisfirePolicy.FireAll())), Start + (10 * Hour)));
        Assert.Equal([4, 5], Fired(New(s => s.Every(Hour).From(Start + (4 * Hour)).OnMisfire(MisfirePolicy.FireAll())), Start + (5 * Hour)));
    }

    [Fact]
    public void An_overlap_asks_about_the_jobs_before()
    {
        var schedule = New(s => s.Every(Hour).OnOverlap(OverlapPolicy.Skip)) with { LastJob = JobId.FromName("default", "last") };
        var last = schedule.LastJob!.Value;
        Assert.Equal(last, Assert.IsType<ScheduleDecision.Ask>(Decide(schedule, Start + Hour)).Id);
        Assert.IsType<ScheduleDecision.Fire>(Decide(schedule, Start + Hour, (last, null)));
        Assert.IsType<ScheduleDecision.Fire>(Decide(schedule, Start + Hour, (last, JobState.Dead)));
        foreach (var state in (JobState[])[JobState.Pending, JobState.Running, JobState.Retrying, JobState.Scheduled])
        {
            var ask = Assert.IsType<ScheduleDecision.Ask>(Decide(schedule, Start + Hour, (last, state)));
            var pass = Assert.IsType<ScheduleDecision.Pass>(Decide(schedule, Start + Hour, (last, state), (ask.Id, null)));
            Assert.Equal((Start + (2 * Hour), 0L, last), (pass.Then.Next, pass.Then.Runs, pass.Then.LastJob));
        }
    }

    [Fact]
    public void Queue_one_fires_behind_one_job_and_skips_behind_two()
    {
        var (last, prior) = (JobId.FromName("default", "last"), JobId.FromName("default", "prior"));
        var one = New(s => s.Every(Hour).OnOverlap(OverlapPolicy.QueueOne)) with { LastJob = last };
        var fire = Assert.IsType<ScheduleDecision.Fire>(Decide(one, Start + Hour, (last, JobState.Running)));
        Assert.Equal("schedule/s", fire.Occurrence.ToJob(Work).Options!.GroupKey);
        var two = one with { PriorJob = prior };
        Assert.IsType<ScheduleDecision.Fire>(Decide(two, Start + Hour, (last, JobState.Running), (prior, JobState.Completed)));
        Assert.IsType<ScheduleDecision.Ask>(Decide(two, Start + Hour, (last, JobState.Pending), (prior, JobState.Running)));
    }

    [Fact]
    public void A_clock_set_back_repeats_nothing_and_far_back_starts_anew()
    {
        var after = Run(New(s => s.Every(Hour)), Start + (100 * Hour));
        Assert.Equal(Start + (101 * Hour), Assert.IsType<ScheduleDecision.Wait>(Decide(after, Start + (77 * Hour))).Until);
        var anew = Assert.IsType<ScheduleDecision.Pass>(Decide(after, Start + (70 * Hour)));
        Assert.Equal(Start + (71 * Hour), anew.Then.Next);
        var rare = New(s => s.Cron("0 0 1 1 *"));
        Assert.Equal(rare.Next, Assert.IsType<ScheduleDecision.Wait>(Decide(rare, Start + Hour)).Until);
        var later = New(s => s.Cron("@daily").From(Start.AddYears(3)));
        Assert.IsType<ScheduleDecision.Wait>(Decide(later, Start + Hour));
    }

    [Fact]
    public void A_change_keeps_what_is_due_under_the_same_timing_only()
    {
        var schedule = New(s => s.Every(Hour));
        var now = Start + (3.5 * Hour);
        Assert.Equal(Start + Hour, SchedulePlan.Change(schedule, schedule.Definition.With(s => s.MaxRuns(9)), now).Next);
        Assert.Equal(Start + (4 * Hour), SchedulePlan.Change(schedule, schedule.Definition.With(s => s.Until(Start.AddDays(1))), now).Next);
        Assert.Equal(now + TimeSpan.FromMinutes(7), SchedulePlan.Change(schedule, schedule.Definition.With(s => s.Every(TimeSpan.FromMinutes(7))), now).Next);
        Assert.Same(schedule, SchedulePlan.Change(schedule, schedule.Definition.With(_ => { }), now));
        Assert.Same(schedule, SchedulePlan.Change(schedule, Define(s => s.Every(Hour)), now));
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 2)]
    [InlineData(1, -5, -4)]
    [InlineData(90, 91, 180)]
    [InlineData(90, -1, 0)]
    [InlineData(90, -91, -90)]
    public void An_interval_is_a_grid_around_its_anchor(int minutes, int after, int next)
    {
        var timing = ScheduleTiming.Every(TimeSpan.FromMinutes(minutes), Start);
        Assert.Equal(Start.AddMinutes(next), timing.Next(Start.AddMinutes(after)));
        Assert.Equal(Start.AddMinutes(next - minutes), timing.Last(Start.AddMinutes(after)));
    }

    [Fact]
    public void An_interval_ends_with_the_calendar()
    {
        var timing = ScheduleTiming.Every(TimeSpan.FromDays(36_525), Start);
        Assert.Null(timing.Next(DateTimeOffset.MaxValue.AddDays(-1)));
        Assert.Null(timing.Last(DateTimeOffset.MinValue));
        Assert.Equal(TimeSpan.FromMinutes(90), Assert.IsType<ScheduleTiming.IntervalTiming>(ScheduleTiming.Cron("@every 1h30m")).Interval);
    }

    private static ScheduleDefinition Define(Action<ScheduleBuilder> configure) => ScheduleDefinition.Create("s", Work, "x", configure);

    private static ScheduleRecord New(Action<ScheduleBuilder> configure) => SchedulePlan.Create(Define(configure), Start, 1);

    private static ScheduleDecision Decide(ScheduleRecord schedule, DateTimeOffset now, params (JobId Id, JobState? State)[] jobs) =>
        SchedulePlan.Decide(schedule, now, jobs.Length == 0 ? Nothing : jobs.ToDictionary(j => j.Id, j => j.State), "n");

    private static List<int> Fired(ScheduleRecord schedule, DateTimeOffset now)
    {
        var fired = new List<int>();
        Run(schedule, now, occurrence => fired.Add((int)Math.Min(int.MaxValue, (occurrence.Time - Start).TotalHours)));
        return fired;
    }

    /// <summary>Does what the plan says until it says to wait; no job exists before it is fired, and each runs on.</summary>
    private static ScheduleRecord Run(ScheduleRecord schedule, DateTimeOffset now, Action<ScheduleOccurrence>? fired = null)
    {
        var jobs = new Dictionary<JobId, JobState?>();
        var enqueued = new HashSet<JobId>();
        for (var steps = 0; steps < 1000; steps++)
        {
            switch (SchedulePlan.Decide(schedule, now, jobs, "n"))
            {
                case ScheduleDecision.Wait:
                    return schedule;
                case ScheduleDecision.Ask ask:
                    jobs[ask.Id] = enqueued.Contains(ask.Id) ? JobState.Running : null;
                    break;
                case ScheduleDecision.Pass pass:
                    schedule = pass.Then;
                    break;
                case ScheduleDecision.Fire fire:
                    Assert.True(enqueued.Add(fire.Occurrence.JobId), "An occurrence fired twice.");
                    fired?.Invoke(fire.Occurrence);
                    schedule = fire.Then;
                    break;
            }
        }

        throw new InvalidOperationException("The plan does not come to an end.");
    }
}

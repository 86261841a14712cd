using Jobs.Conformance;

namespace Jobs.Core.Tests.Errors;

/// <summary>One test for each way of getting a schedule wrong.</summary>
public sealed class BadScheduleTests : IAsyncDisposable
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");
    private static readonly TaskDefinition<string> Unknown = TaskDefinition.Create<string>("unknown");

    private EmbeddedEngine? _engine;

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync();
    }

    [Fact, Provokes(typeof(ScheduleNotFoundException))]
    public async Task An_unknown_schedule()
    {
        var schedules = await StartAsync();
        foreach (var use in (Func<Task>[])
        [
            () => schedules.PauseAsync("s").AsTask(), () => schedules.ResumeAsync("s").AsTask(), () => schedules.TriggerAsync("s").AsTask(),
            () => schedules.RemoveAsync("s").AsTask(), () => schedules.ChangeAsync("s", _ => { }).AsTask(), () => schedules.GetAsync("s").AsTask(),
            () => schedules.ChangeAsync(Define(s => s.Cron("@daily"))).AsTask(),
        ])
        {
            var error = await Refusal.Of<ScheduleNotFoundException>(use, "list what there is");
            Assert.Equal("s", error.Id.Value);
        }

        Assert.Null(await schedules.FindAsync("s"));
    }

    [Fact, Provokes(typeof(ScheduleExistsException))]
    public async Task A_schedule_that_is_there_already()
    {
        var schedules = await StartAsync();
        await schedules.AddAsync("s", Work, "x", s => s.Cron("@daily"));
        var error = await Refusal.Of<ScheduleExistsException>(() => schedules.AddAsync("s", Work, "x", s => s.Cron("@daily")).AsTask(), "UpsertAsync");
        Assert.Equal("s", error.Id.Value);
    }

    [Fact, Provokes(typeof(ScheduleChangedException))]
    public async Task A_change_of_what_somebody_else_has_changed()
    {
        var schedules = await StartAsync();
        var read = await schedules.AddAsync("s", Work, "x", s => s.Cron("@daily"));
        var paused = await schedules.PauseAsync("s");
        var error = await Refusal.Of<ScheduleChangedException>(
            () => schedules.ChangeAsync(read.Definition.With(s => s.MaxRuns(3)), read.Version).AsTask(), "Read it again");
        Assert.Equal((read.Version, (long?)paused.Version), (error.Expected, error.Actual));
    }

    [Fact, Provokes(typeof(ScheduleNeverFiresException))]
    public async Task A_schedule_without_an_occurrence()
    {
        var schedules = await StartAsync();
        var past = DateTimeOffset.UnixEpoch;
        var error = await Refusal.Of<ScheduleNeverFiresException>(
            () => schedules.AddAsync("s", Work, "x", s => s.Cron("@daily").Until(past)).AsTask(), "Move its start or end");
        Assert.Equal(past, error.Until);
        await schedules.AddAsync("s", Work, "x", s => s.Cron("@daily"));
        await Refusal.Of<ScheduleNeverFiresException>(() => schedules.ChangeAsync("s", s => s.Until(past)).AsTask(), "would never fire");
        Assert.Throws<CronFormatException>(() => Define(s => s.Cron("0 0 30 2 *")));
    }

    [Fact, Provokes(typeof(SchedulesNotKeptException))]
    public async Task A_store_or_a_client_without_schedules()
    {
        await using var engine = await EmbeddedJobs.StartAsync(b => b.UseStore(_ => new Without()).Handle(Work, (_, _) => Task.CompletedTask));
        await Refusal.Of<SchedulesNotKeptException>(() => engine.Client.Schedules.FindAsync("s").AsTask(), "Use a store that does");
        await using var declaring = EmbeddedJobs.Create(b => b.UseStore(_ => new Without()).Handle(Work, (_, _) => Task.CompletedTask)
            .Schedule("s", Work, "x", s => s.Cron("@daily")));
        await Assert.ThrowsAsync<SchedulesNotKeptException>(() => declaring.StartAsync());
        Assert.Throws<SchedulesNotKeptException>(() => ((IJobClient)new Bare()).Schedules);
    }

    [Fact]
    public async Task A_task_without_handler_and_a_stopped_service()
    {
        var schedules = await StartAsync();
        await Assert.ThrowsAsync<TaskNotRegisteredException>(() => schedules.AddAsync("s", Unknown, "x", s => s.Cron("@daily")).AsTask());
        await _engine!.StopAsync().Soon();
        await Assert.ThrowsAsync<ServiceStoppedException>(() => schedules.AddAsync("s", Work, "x", s => s.Cron("@daily")).AsTask());
        await Assert.ThrowsAsync<ServiceStoppedException>(() => schedules.ListAsync().AsTask());
    }

    [Fact]
    public async Task Options_of_its_jobs_are_checked_when_it_is_stored()
    {
        var schedules = await StartAsync();
        Task Add(Action<EnqueueOptions> options) => schedules.AddAsync("s", Work, "x", s => s.Cron("@daily").Job(options)).AsTask();
        await Assert.ThrowsAsync<InvalidJobOptionException>(() => Add(o => o.Timeout = TimeSpan.Zero));
        await Assert.ThrowsAsync<InvalidJobOptionException>(() => Add(o => o.Backoff = RetryPolicy.Custom((_, _) => TimeSpan.Zero)));
        await Assert.ThrowsAsync<LimitExceededException>(() => Add(o => o.WithTag(new string('x', 65))));
        await Assert.ThrowsAsync<LimitExceededException>(() => schedules.AddAsync("s", Work, new string('x', 300_000), s => s.Cron("@daily")).AsTask());
    }

    [Fact]
    public void Values_that_make_no_sense_are_refused_where_they_are_said()
    {
        var time = DateTimeOffset.UnixEpoch;
        foreach (var wrong in (Action<ScheduleBuilder>[])
        [
            _ => { }, s => s.Every(TimeSpan.Zero), s => s.Every(TimeSpan.FromTicks(10_001)), s => s.Every(TimeSpan.FromDays(40_000)),
            s => s.Cron("@daily", "Mars/Olympus"), s => s.Cron("@daily", ""), s => s.Cron("@daily").MaxRuns(0),
            s => s.Cron("@daily").Jitter(TimeSpan.FromDays(2)),
            s => s.Cron("@daily").Jitter(-TimeSpan.FromSeconds(1)), s => s.Cron("@daily").From(time).Until(time),
            s => s.Cron("@daily").OnMisfire(MisfirePolicy.Skip, TimeSpan.FromDays(2)), s => s.Cron("@daily").OnOverlap((OverlapPolicy)9),
            s => s.Cron("@daily").InScope((ScheduleScope)9), s => s.Cron("@daily").Job(o => o.After(TimeSpan.Zero)), s => s.Cron("@daily").Job(o => o.At(time)),
            s => s.Cron("@daily").Job(o => o.UniqueKey = "k"), s => s.Cron("@daily").Job(o => o.Id = JobId.FromName("default", "x")),
            s => s.Cron("@daily").OnOverlap(OverlapPolicy.QueueOne).Job(o => o.GroupKey = "g"),
            _ => MisfirePolicy.FireAll(0), _ => MisfirePolicy.FireAll(10_001),
        ])
        {
            Assert.Throws<InvalidJobOptionException>(() => Define(wrong));
        }

        Assert.Throws<InvalidNameException>(() => new ScheduleId("a b"));
        Assert.Throws<InvalidNameException>(() => new ScheduleId(new string('a', 101)));
        Assert.Throws<InvalidNameException>(() => ScheduleDefinition.Create(default, Work, "x", s => s.Cron("@daily")));
        Assert.Throws<PayloadEncodingException>(() => ScheduleDefinition.Create<string>("s", Work, null!, s => s.Cron("@daily")));
        Assert.Throws<InvalidJobOptionException>(() => EmbeddedJobs.Create(
            b => b.Schedule("s", Work, "x", s => s.Cron("@daily")).Schedule("s", Work, "y", s => s.Cron("@daily"))));
        Assert.Throws<CronFormatException>(() => EmbeddedJobs.Create(b => b.Schedule("s", Work, "x", s => s.Cron("99 * * * *"))));
    }

    private static ScheduleDefinition Define(Action<ScheduleBuilder> configure) => ScheduleDefinition.Create("s", Work, "x", configure);

    private async Task<IScheduleClient> StartAsync()
    {
        _engine = await EmbeddedJobs.StartAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        return _engine.Client.Schedules;
    }

    private sealed class Without() : Embedded.StoreDecorator(new InMemoryJobStore())
    {
        public override IScheduleStore? Schedules => null;
    }

    private sealed class Bare : IJobClient
    {
        public IPayloadCodec Codec => JsonPayloadCodec.Default;

        public ValueTask<JobSnapshot> ApplyAsync(JobId id, JobAction action, CancellationToken cancellation = default) => throw new NotSupportedException();

        public ValueTask<int> ApplyAsync(JobFilter filter, JobAction action, CancellationToken cancellation = default) => throw new NotSupportedException();

        public ValueTask<JobCounts> CountAsync(QueueName? queue = null, CancellationToken cancellation = default) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<JobHandle>> EnqueueAsync(IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public ValueTask<JobSnapshot?> FindAsync(JobId id, CancellationToken cancellation = default) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<JobSnapshot>> ListAsync(JobQuery query, CancellationToken cancellation = default) => throw new NotSupportedException();

        public ValueTask<JobSnapshot> WaitAsync(JobId id, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
            throw new NotSupportedException();
    }
}

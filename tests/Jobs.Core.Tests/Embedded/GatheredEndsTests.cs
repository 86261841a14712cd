using Jobs.Conformance;

namespace Jobs.Core.Tests.Embedded;

/// <summary>Which ends wait for others to be committed with. The time for that never ends here, so only what comes later ends it.</summary>
public sealed class GatheredEndsTests : IAsyncLifetime
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");
    private static readonly ResultTask<string, int> Measure = ResultTask.Create<string, int>("measure");

    private readonly Signal _letGo = new();
    private readonly Recording<string> _runs = new();
    private readonly TwoLanes _store = new(new InMemoryJobStore());
    private EmbeddedEngine? _engine;

    private IJobClient Client => _engine!.Client;

    public async ValueTask InitializeAsync() => _engine = await EmbeddedJobs.StartAsync(jobs =>
    {
        jobs.Commits = new CommitLimits { GatherTime = TimeSpan.MaxValue };
        jobs.UseStore(_ => _store);
        jobs.Queue("narrow", queue =>
        {
            queue.Concurrency = 1;
            queue.CapacityJobs = 2;
        });
        jobs.Handle(Measure, (text, _) => Task.FromResult(text.Length));
        jobs.Handle(Work, async (text, _) =>
        {
            _runs.Add(text);
            if (text == "held") await _letGo.Task;
        });
    });

    public ValueTask DisposeAsync() => _engine!.DisposeAsync();

    [Fact]
    public async Task An_end_that_nothing_waits_for_goes_with_one_that_is_awaited()
    {
        for (var i = 1; i <= 1000 && !_store.Ends.Items.Contains(2); i++)
        {
            await Client.EnqueueAsync(Work, "x").Soon();
            await _runs.Reaches(i).Soon();

            // The handler of the first may take a moment longer to return than this one takes to end, and then the first is not gathered.
            Assert.Equal(3, await Client.RunAsync(Measure, "abc").Soon());
        }

        Assert.Contains(2, _store.Ends.Items);
    }

    [Theory]
    [InlineData("unique")]
    [InlineData("group")]
    [InlineData("awaited")]
    public async Task An_end_that_something_may_wait_for_goes_at_once(string why)
    {
        var job = await Client.EnqueueAsync(Work, "held", options =>
        {
            if (why == "unique") options.UniqueKey = "key";
            if (why == "group") options.GroupKey = "group";
        }).Soon();
        await _runs.Reaches(1).Soon();
        var waiter = why == "awaited" ? job.WaitAsync().AsTask() : Task.CompletedTask;
        _letGo.Set();
        await _store.Ends.Reaches(1).Soon();
        await waiter.Soon();
    }

    [Fact]
    public async Task The_end_of_a_job_behind_which_others_wait_goes_at_once()
    {
        foreach (var text in new[] { "held", "behind" }) await Client.EnqueueAsync(Work, text, options => options.Queue = "narrow").Soon();
        var third = Client.EnqueueAsync(Work, "third", options => options.Queue = "narrow").Soon();
        _letGo.Set();
        await third;
        await _store.Ends.Reaches(1).Soon();
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_more()
    {
        var job = await Client.EnqueueAsync(Work, "x").Soon();
        await _runs.Reaches(1).Soon();
        await _engine!.StopAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal(JobState.Completed, (await _store.FindAnywhereAsync(job.Id, TestContext.Current.CancellationToken))!.State);
    }

    /// <summary>Takes in new jobs beside other changes, and counts the ends of each commit.</summary>
    private sealed class TwoLanes(IJobStore inner) : StoreDecorator(inner)
    {
        private readonly Lock _gate = new();

        internal Recording<int> Ends { get; } = new();

        public override StoreCapabilities Capabilities => base.Capabilities with { HasIntakeLane = true };

        public override ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
        {
            var ends = units.SelectMany(unit => unit.Changes).Count(change => change.Transition.Ends);
            if (ends > 0) Ends.Add(ends);
            lock (_gate) return base.CommitAsync(units, cancellation);
        }
    }
}

using Jobs.Conformance;
using Jobs.Testing;

namespace Jobs.Core.Tests.Embedded;

/// <summary>
/// With a store that commits new jobs beside other changes, a new job may be seen in the store before its owner has heard that it is there.
/// Nothing becomes of it until then, or it would be taken in once more after its end.
/// </summary>
public sealed class IntakeLaneTests : IAsyncLifetime
{
    private const int Late = -1;

    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");

    private readonly TaskCompletionSource _shown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Recording<string> _completed = new();
    private readonly Recording<string> _runs = new();
    private readonly Recording<Exception> _errors = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StoreGate _gate = new();
    private EmbeddedEngine? _engine;

    private IJobClient Client => _engine!.Client;

    public async ValueTask InitializeAsync()
    {
        _engine = await EmbeddedJobs.StartAsync(jobs =>
        {
            jobs.Window = new PartitionLimits { WindowReadyJobs = 2 };
            jobs.DecorateStore(store => new FaultyJobStore(new TwoLanes(store, _shown), FaultPlan.When(IsLate, StoreFault.HoldAnswer(_gate))));
            jobs.Queue(QueueName.Default, queue => queue.Concurrency = 1);
            jobs.AddObserver(new Observer(_errors, _completed));
            jobs.Handle(Work, RunAsync);
        });
        await Client.EnqueueAsync(Work, "first").Soon();
        await _started.Task.Soon();
    }

    public ValueTask DisposeAsync() => _engine!.DisposeAsync();

    [Fact]
    public async Task A_page_that_shows_a_new_job_before_it_is_acknowledged_does_not_make_it_run_twice()
    {
        var unrelated = await Client.EnqueueAsync(Work, "unrelated", o => o.After(TimeSpan.FromHours(1))).Soon();
        var others = await Client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, 8).Select(i => $"{i}")]).Soon();
        var late = Client.EnqueueAsync(Work, "late", o => o.Priority = Late);
        var held = await _gate.NextAsync().Soon();
        _letGo.SetResult();
        foreach (var other in others) await other.WaitAsync().Soon();
        await _shown.Task.Soon();

        // If it were to run now, it would soon be completed.
        for (var i = 0; i < 200 && _completed.Items is not [.., "late"]; i++) await Client.ChangePriorityAsync(unrelated.Id, -i).Soon();
        held.Release();

        await (await late.Soon()).WaitAsync().Soon();
        await (await Client.EnqueueAsync(Work, "last").Soon()).WaitAsync().Soon();
        Assert.Equal(["first", "0", "1", "2", "3", "4", "5", "6", "7", "late", "last"], _runs.Items);
        Assert.Empty(_errors.Items);
    }

    [Fact]
    public async Task A_new_job_that_is_cancelled_before_it_is_acknowledged_does_not_run()
    {
        var id = JobId.FromName(QueueName.Default, "late");
        var other = await Client.EnqueueAsync(Work, "other").Soon();
        var late = Client.EnqueueAsync(Work, "late", o => o.WithId(id).Priority = Late);
        var held = await _gate.NextAsync().Soon();
        var cancel = Client.CancelAsync(id);
        await Client.ChangePriorityAsync(other.Id, 5).Soon();
        held.Release();
        await late.Soon();
        await cancel.Soon();
        _letGo.SetResult();

        await (await Client.EnqueueAsync(Work, "last", o => o.Priority = Late - 1).Soon()).WaitAsync().Soon();
        Assert.Equal(["first", "other", "last"], _runs.Items);
        Assert.Equal(JobState.Cancelled, (await Client.GetAsync(id).Soon()).State);
        Assert.Empty(_errors.Items);
    }

    private static bool IsLate(StoreCall call) =>
        call.Units.SelectMany(unit => unit.Changes).Any(change => change.Transition is { Before: null, After.Priority.Urgency: Late });

    private async Task RunAsync(string text, JobContext job)
    {
        _runs.Add(text);
        _started.TrySetResult();
        await _letGo.Task.WaitAsync(job.Cancellation);
    }

    /// <summary>Whatever is asked of the store behind it at a time, it does one after the other. Tells when a page shows the late job.</summary>
    private sealed class TwoLanes(IJobStore inner, TaskCompletionSource shown) : StoreDecorator(inner)
    {
        public override StoreCapabilities Capabilities => base.Capabilities with { HasIntakeLane = true };

        public override async ValueTask<IReadOnlyList<JobRecord>> LoadAsync(PageRequest request, CancellationToken cancellation)
        {
            var page = await base.LoadAsync(request, cancellation);
            if (page.Any(job => job.Priority.Urgency == Late)) shown.TrySetResult();
            return page;
        }
    }

    private sealed class Observer(Recording<Exception> errors, Recording<string> completed) : IJobObserver
    {
        public void Completed(JobSnapshot job) => completed.Add(JsonPayloadCodec.Default.Decode<string>(job.Payload)!);

        public void WorkerError(Exception error) => errors.Add(error);
    }
}

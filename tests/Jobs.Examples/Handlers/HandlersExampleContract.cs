using Jobs.Conformance;

namespace Jobs.Examples.Handlers;

/// <summary>Seed 004: handlers that decide, middleware, observers, request ids, mixed batches.</summary>
public abstract class HandlersExampleContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private readonly ParcelDesk _desk = new();

    [Fact]
    public async Task Every_outcome_is_the_handlers()
    {
        var jobs = await StartClientAsync(_desk.Describe);
        var patient = await ParcelDesk.SendAsync(jobs, "nobody at home").Soon();
        for (var ring = 1; ring <= 2; ring++)
        {
            await Waits(patient);
            var waiting = await patient.GetAsync().Soon();
            Assert.Equal((JobState.Retrying, TimeSpan.FromHours(1), ring), (waiting.State, waiting.RunAt - waiting.LastError!.At, waiting.Failures));
            var runs = _desk.Log.Items.Count;
            await AdvanceUntil(TimeSpan.FromHours(1), _desk.Log.Reaches(runs + 2));
        }

        var done = await EndOf(patient);
        Assert.Equal((JobState.Completed, 3), (done.State, done.Attempt));
        Assert.Equal(["rang 1 times, after nothing", "rang 2 times, after rang 1 times, after nothing"], done.Errors.Select(e => e.Message));
        Assert.Equal((JobState.Dead, "There is no such street."), await EndAsync("wrong address"));
        Assert.Equal((JobState.Discarded, "the customer sent it back"), await EndAsync("unwanted"));
        Assert.Equal((JobState.Dead, "It fell off the van."), await EndAsync("dropped"));
        Assert.Equal((JobState.Completed, null), await EndAsync("a parcel"));

        // Dead letters are kept, listed, and tried again by hand.
        var dead = await jobs.ListAsync(new JobQuery { Queue = ParcelDesk.Incoming, States = [JobState.Dead] }).Soon();
        Assert.Equal(["It fell off the van.", "There is no such street."], dead.Select(job => job.LastError!.Message).Order(StringComparer.Ordinal));
        Assert.Equal(2, await jobs.ApplyAsync(new JobFilter { States = [JobState.Dead] }, JobAction.Retry).Soon());

        async Task<(JobState, string?)> EndAsync(string parcel)
        {
            var ended = await EndOf(await ParcelDesk.SendAsync(jobs, parcel).Soon());
            return (ended.State, ended.LastError?.Message ?? ended.Reason);
        }
    }

    [Fact]
    public async Task A_job_reschedules_itself()
    {
        var jobs = await StartClientAsync(_desk.Describe);
        var track = await jobs.EnqueueAsync(ParcelDesk.Track, ParcelDesk.Bytes("sent"), o => o.On(ParcelDesk.Outgoing)).Soon();
        await Waits(track);
        var first = await track.GetAsync().Soon();
        Assert.Equal((JobState.Scheduled, "on its way", 1, 0), (first.State, Text(first), first.Attempt, first.Failures));
        await AdvanceUntil(5 * Minute, _desk.Log.Reaches(4));
        await Waits(track);
        var second = await track.GetAsync().Soon();
        Assert.Equal((JobState.Scheduled, "in town", 8, 0), (second.State, Text(second), second.RunAt.Hour, second.RunAt.Minute));
        var done = await AdvanceUntil(second.RunAt - Now, EndOf(track));
        Assert.Equal((JobState.Completed, 1, 3, 0), (done.State, done.Attempt, done.Deliveries, done.Errors.Count));

        static string Text(JobSnapshot job) => System.Text.Encoding.UTF8.GetString(job.Payload.Span);
    }

    [Fact]
    public async Task A_request_is_known_to_middleware_and_shared_by_a_batch()
    {
        var jobs = await StartClientAsync(_desk.Describe);
        await EndOf(await ParcelDesk.SendAsync(jobs, "a parcel", "request-7").Soon());
        Assert.Equal(["outer: request-7", "inner: request-7"], _desk.Log.Items);

        var batch = await jobs.EnqueueBatchAsync(
        [
            NewJob.Of(ParcelDesk.Deliver, ParcelDesk.Bytes("one"), o => o.On(ParcelDesk.Incoming)),
            NewJob.Of(ParcelDesk.Track, ParcelDesk.Bytes("two"), o => o.On(ParcelDesk.Outgoing).After(Minute)),
            NewJob.Of(ParcelDesk.Deliver, ParcelDesk.Bytes("three"), o => o.On(ParcelDesk.Outgoing).RequestId = "request-8"),
        ]).Soon();
        var requests = new List<string?>();
        foreach (var job in batch) requests.Add((await job.GetAsync().Soon()).RequestId);
        Assert.Equal((requests[0], "request-8"), (requests[1], requests[2]));
        Assert.Equal(32, requests[0]!.Length);

        var own = JobId.FromName(ParcelDesk.Incoming, "parcel-4711");
        await jobs.EnqueueAsync(ParcelDesk.Deliver, ParcelDesk.Bytes("x"), o => o.On(ParcelDesk.Incoming).WithId(own)).Soon();
        await Assert.ThrowsAsync<DuplicateJobException>(
            () => jobs.EnqueueAsync(ParcelDesk.Deliver, ParcelDesk.Bytes("x"), o => o.On(ParcelDesk.Incoming).WithId(own)).Soon());
        var unknown = await EndOf(await jobs.EnqueueAsync(TaskDefinition.Raw("lose"), ParcelDesk.Bytes("x"), o => o.On(ParcelDesk.Incoming)).Soon());
        Assert.Equal(JobState.Dead, unknown.State);
        Assert.Throws<InvalidNameException>(() => new QueueName(""));
    }

    [Fact]
    public async Task An_observer_hears_of_every_step()
    {
        var steps = new Recording<string>();
        var jobs = await StartClientAsync(b =>
        {
            _desk.Describe(b);
            b.AddObserver(new DeskObserver(steps));
        });
        await EndOf(await ParcelDesk.SendAsync(jobs, "wrong address").Soon());
        var track = await jobs.EnqueueAsync(ParcelDesk.Track, ParcelDesk.Bytes("sent"), o => o.On(ParcelDesk.Outgoing)).Soon();
        await Waits(track);
        await Until(() => Has("rescheduled"));
        await ParcelDesk.SendAsync(jobs, "nobody at home").Soon();
        await ParcelDesk.SendAsync(jobs, "a parcel").Soon();
        await Until(() => Has("again: rang 1 times, after nothing") && Has("completed") && Has("dead: There is no such street."));
        await Until(() => Has("incoming is empty") && Has("outgoing is empty"));
        Assert.Equal(4, steps.Items.Count(step => step == "started"));

        bool Has(string step) => steps.Items.Contains(step);
    }
}

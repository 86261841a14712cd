using Jobs.Core.Tests.Queueing;
using Jobs.Core.Tests.States;

namespace Jobs.Core.Tests.Embedded;

/// <summary>Pages of the store in memory against the same question asked of a plain list, while jobs change and time goes on.</summary>
public sealed class InMemoryPagingTests : IAsyncDisposable
{
    private static readonly PartitionKey Key = new(QueueName.Default, 0);
    private static readonly string[] Tasks = ["a", "b"];
    private static readonly string?[] Groups = [null, null, "g", "h"];
    private static readonly JobState[] States =
        [JobState.Pending, JobState.Scheduled, JobState.Retrying, JobState.Running, JobState.Completed, JobState.Cancelled];

    private readonly InMemoryJobStore _store = new();
    private readonly Dictionary<JobId, JobRecord> _jobs = [];
    private DateTimeOffset _now = Sample.Now;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData(PollStrategy.PriorityFirst, 1)]
    [InlineData(PollStrategy.RunAtFirst, 2)]
    [InlineData(PollStrategy.Fifo, 3)]
    public async Task A_page_holds_what_a_plain_list_says(PollStrategy strategy, int seed)
    {
        var random = new Random(seed);
        var opening = await _store.OwnAsync(Key, "owner", CancellationToken.None);
        for (var step = 1; step <= 2000; step++)
        {
            await ChangeAsync(random, step, opening.Epoch);
            if (random.Next(5) == 0) _now += TimeSpan.FromSeconds(random.Next(5));
            var kind = (PageKind)random.Next(3);
            var name = kind is PageKind.Ready ? Tasks[random.Next(2)] : kind is PageKind.Group ? Groups[2 + random.Next(2)]! : "";
            var from = _jobs.Count == 0 || random.Next(2) == 0 ? OrderKey.First : KeyOf(kind, strategy, _jobs.Values.ElementAt(random.Next(_jobs.Count)));
            var request = new PageRequest(Key, kind, name, from, random.Next(1, 12), strategy, _now);

            var page = await _store.LoadAsync(request, CancellationToken.None);

            Assert.Equal(Expected(request).Select(j => j.Sequence), page.Select(j => j.Sequence));
        }
    }

    [Fact]
    public async Task A_new_owner_gets_what_had_started_and_what_is_between_attempts_in_a_group()
    {
        var opening = await _store.OwnAsync(Key, "first", CancellationToken.None);
        Assert.Equal((1, 0, 0), (opening.Epoch, opening.LastSequence, opening.UnfinishedJobs));
        var sequence = 0;
        foreach (var state in States)
        {
            foreach (var group in Groups[1..3]) await InsertAsync(++sequence, state, group, opening.Epoch);
        }

        var second = await _store.OwnAsync(Key, "second", CancellationToken.None);

        Assert.Equal(2, second.Epoch);
        Assert.Equal(8, second.UnfinishedJobs);
        Assert.Equal(Tasks[..1], second.Tasks);
        Assert.Equal(
            [(JobState.Retrying, "g"), (JobState.Running, null), (JobState.Running, "g")],
            second.Started.OrderBy(j => j.Sequence).Select(j => (j.State, j.Terms.GroupKey)));
    }

    private static OrderKey KeyOf(PageKind kind, PollStrategy strategy, JobRecord job) =>
        new PageRequest(Key, kind, "", OrderKey.First, 1, strategy, job.RunAt).KeyOf(job);

    private IEnumerable<JobRecord> Expected(PageRequest request)
    {
        var waiting = _jobs.Values.Where(j => j.State is JobState.Pending or JobState.Scheduled or JobState.Retrying).ToList();
        var due = waiting.Where(j => j.State is JobState.Pending || j.RunAt <= request.AsOf).ToList();
        var matching = request.Kind switch
        {
            PageKind.Due => waiting.Where(j => j.State is not JobState.Pending),
            PageKind.Ready => due.Where(j => j.Terms.Task == request.Name
                && (j.Terms.GroupKey is not { } key || !due.Exists(o => o.Terms.GroupKey == key && o.Sequence < j.Sequence))),
            _ => due.Where(j => j.Terms.GroupKey == request.Name),
        };
        return matching.Where(j => request.KeyOf(j) >= request.From).OrderBy(request.KeyOf).Take(request.MaxJobs);
    }

    private async Task InsertAsync(int sequence, JobState state, string? group, long epoch)
    {
        var job = Sample.New(JobState.Pending, Sample.Terms with { Task = "a", GroupKey = group }) with { Sequence = sequence };
        await CommitAsync(new JobTransition(null, job), epoch);
        await CommitAsync(new JobTransition(job, job with { State = state }), epoch);
    }

    private async Task ChangeAsync(Random random, int step, long epoch)
    {
        var runAt = _now.AddSeconds(random.Next(-5, 20));
        if (_jobs.Count < 5 || random.Next(2) == 0)
        {
            var terms = Sample.Terms with { Task = Tasks[random.Next(2)], GroupKey = Groups[random.Next(4)] };
            var state = runAt > _now ? JobState.Scheduled : JobState.Pending;
            var job = Sample.New(state, terms) with { Sequence = step, RunAt = runAt, Priority = random.Next(3) };
            await CommitAsync(new JobTransition(null, job), epoch);
            return;
        }

        var before = _jobs.Values.ElementAt(random.Next(_jobs.Count));
        var after = before with { State = States[random.Next(States.Length)], RunAt = runAt, Priority = random.Next(3) };
        await CommitAsync(new JobTransition(before, random.Next(10) == 0 ? null : after), epoch);
    }

    private async Task CommitAsync(JobTransition transition, long epoch)
    {
        var verdicts = await _store.CommitAsync([new ModelUnit([new JobChange(transition, epoch)])], CancellationToken.None);
        Assert.IsType<CommitVerdict.Committed>(Assert.Single(verdicts));
        if (transition.After is { } after && !after.State.IsFinal()) _jobs[after.Id] = after;
        else _jobs.Remove(transition.Job.Id);
    }
}

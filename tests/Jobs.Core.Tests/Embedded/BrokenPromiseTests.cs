using Jobs.Conformance;

namespace Jobs.Core.Tests.Embedded;

/// <summary>A store that says that nothing was committed although it was, against its promise: an outcome counts once all the same.</summary>
public sealed class BrokenPromiseTests
{
    private static readonly ResultTask<string, string> Work = ResultTask.Create<string, string>("work");

    [Fact]
    public async Task An_outcome_that_is_repeated_and_finds_itself_done_is_done()
    {
        var inner = new InMemoryJobStore();
        var errors = new ErrorRecorder();
        var runs = 0;
        await using var engine = await EmbeddedJobs.StartAsync(b => b
            .UseStore(_ => new LyingStore(inner))
            .AddObserver(errors)
            .Handle(Work, (string text, JobContext _) =>
            {
                Interlocked.Increment(ref runs);
                return Task.FromResult(text);
            }));

        Assert.Equal("a", await engine.Client.RunAsync(Work, "a").Soon());
        Assert.Equal("b", await engine.Client.RunAsync(Work, "b").Soon());

        Assert.Equal(2, runs);
        Assert.Empty(errors.Errors.Items);
    }

    /// <summary>Commits every outcome, and fails on its first try.</summary>
    private sealed class LyingStore(IJobStore inner) : StoreDecorator(inner)
    {
        private readonly HashSet<JobId> _seen = [];

        public override async ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
        {
            var verdicts = await base.CommitAsync(units, cancellation);
            var ends = units.SelectMany(unit => unit.Changes).Where(change => change.Transition.Ends).Select(change => change.Transition.Job.Id);
            var isNew = false;
            foreach (var id in ends) isNew |= _seen.Add(id);
            return isNew ? throw new IOException("Nothing was committed, it says.") : verdicts;
        }
    }

    private sealed class ErrorRecorder : IJobObserver
    {
        internal Recording<Exception> Errors { get; } = new();

        public void WorkerError(Exception error) => Errors.Add(error);
    }
}

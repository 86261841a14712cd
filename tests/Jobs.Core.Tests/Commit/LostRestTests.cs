using Jobs.Conformance;
using Jobs.Core.Tests.Embedded;
using Jobs.Core.Tests.States;

namespace Jobs.Core.Tests.Commit;

/// <summary>The answer to a commit is lost which took place but for a job whose unique key was taken, and who has the key cannot be asked any more.</summary>
public sealed class LostRestTests
{
    [Fact]
    public async Task That_the_rest_is_refused_does_not_look_like_a_refusal_of_all()
    {
        await using var store = new LosingStore(new InMemoryJobStore());
        var plain = Sample.New(JobState.Pending);
        var (holder, keyed) = (plain with { Id = NewId(), UniqueKey = "k" }, plain with { Id = NewId(), UniqueKey = "k" });
        var epoch = (await store.OwnAsync(plain.Partition, "owner", default)).Epoch;
        var pipeline = new CommitPipeline(store, new CommitLimits());
        Assert.IsType<CommitVerdict.Committed>(await CommitAsync(pipeline, epoch, holder));

        store.Loses = true;
        var verdict = Assert.IsType<CommitVerdict.Failed>(await CommitAsync(pipeline, epoch, plain, keyed));

        Assert.IsType<CommitFateUnknownException>(verdict.Error);
        Assert.NotNull(await store.FindAsync(plain.Id, default));
    }

    private static JobId NewId() => Sample.New(JobState.Pending).Id;

    private static Task<CommitVerdict> CommitAsync(CommitPipeline pipeline, long epoch, params JobRecord[] jobs)
    {
        var unit = new Unit([.. jobs.Select(job => new JobChange(new JobTransition(null, job), epoch))]);
        pipeline.Submit(unit);
        return unit.Settled.Soon();
    }

    /// <summary>Commits, says that it does not know, and has another owner afterwards.</summary>
    private sealed class LosingStore(IJobStore inner) : StoreDecorator(inner)
    {
        private bool _lost;

        internal bool Loses { get; set; }

        public override async ValueTask<IReadOnlyList<CommitVerdict>> CommitAsync(IReadOnlyList<CommitUnit> units, CancellationToken cancellation)
        {
            if (_lost) return [.. units.Select(unit => new CommitVerdict.Fenced(unit.Changes[0].Transition.Job.Partition))];
            var verdicts = await base.CommitAsync(units, cancellation);
            _lost = Loses;
            return _lost ? throw new CommitFateUnknownException("of this test", new IOException("The answer is lost.")) : verdicts;
        }
    }

    private sealed class Unit(IReadOnlyList<JobChange> changes) : CommitUnit
    {
        private readonly TaskCompletionSource<CommitVerdict> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task<CommitVerdict> Settled => _settled.Task;

        public override IReadOnlyList<JobChange> Changes => changes;

        public override void Settle(CommitVerdict verdict) => _settled.SetResult(verdict);
    }
}

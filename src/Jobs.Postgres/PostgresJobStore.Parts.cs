using Jobs.Core;

namespace Jobs.Postgres;

/// <content>Commits the parts of a large run side by side.</content>
public sealed partial class PostgresJobStore
{
    /// <summary>Commits units that may be committed in any order, and adds their verdicts in the order of the units.</summary>
    private async ValueTask CommitInPartsAsync(IReadOnlyList<CommitUnit> run, List<CommitVerdict> verdicts, CancellationToken cancellation)
    {
        var parts = CommitParts.Of(run);
        if (parts.Count == 1)
        {
            await CommitRunAsync(run, verdicts, cancellation).ConfigureAwait(false);
            return;
        }

        var outcomes = new PartOutcome[parts.Count];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, CommitParts.AtOnce).Select(_ => Task.Run(CommitOneByOneAsync, CancellationToken.None))).ConfigureAwait(false);

        // What is committed must not look like a failure of all.
        if (outcomes.All(outcome => outcome.Error is not null && outcome.Verdicts.Count == 0)) throw FirstOf(outcomes);
        for (var i = 0; i < outcomes.Length; i++)
        {
            verdicts.AddRange(outcomes[i].Verdicts);
            verdicts.AddRange(Enumerable.Repeat(new CommitVerdict.Failed(outcomes[i].Error!), parts[i].Count - outcomes[i].Verdicts.Count));
        }

        async Task CommitOneByOneAsync()
        {
            for (var i = Interlocked.Increment(ref next); i < parts.Count; i = Interlocked.Increment(ref next))
                outcomes[i] = await CommitPartAsync(parts[i], cancellation).ConfigureAwait(false);
        }
    }

    private async Task<PartOutcome> CommitPartAsync(IReadOnlyList<CommitUnit> part, CancellationToken cancellation)
    {
        var verdicts = new List<CommitVerdict>(part.Count);
        try
        {
            await CommitRunAsync(part, verdicts, cancellation, isPart: true).ConfigureAwait(false);
            return new PartOutcome(verdicts, null);
        }
        catch (OperationCanceledException e)
        {
            // It may have been under way, and nobody has found out what became of it.
            return new PartOutcome(verdicts, new CommitFateUnknownException(_name, e));
        }
        catch (Exception e)
        {
            return new PartOutcome(verdicts, e);
        }
    }

    /// <summary>The error that stands for all: that nobody knows what was committed, if that is so of one of them.</summary>
    private static Exception FirstOf(PartOutcome[] outcomes) =>
        outcomes.Select(outcome => outcome.Error).OfType<CommitFateUnknownException>().Select(error => error.InnerException)
            .OfType<OperationCanceledException>().FirstOrDefault() ?? outcomes[0].Error!;

    /// <summary>The verdicts of a part's units, as many as there are; what failed has none.</summary>
    private readonly record struct PartOutcome(IReadOnlyList<CommitVerdict> Verdicts, Exception? Error);
}

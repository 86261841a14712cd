using Jobs.Core;

namespace Jobs.Conformance.Comparison;

/// <summary>Does the same random things to two stores, and fails where they answer differently.</summary>
public sealed class StoreComparison(IJobStore reference, IJobStore other, int seed)
{
    private const int MaxUnits = 6;
    private const int MaxChanges = 3;

    private static readonly PollStrategy[] Strategies = Enum.GetValues<PollStrategy>();

    private readonly RandomCommits _commits = new(new Random(seed));
    private readonly Random _random = new(seed + 1);
    private readonly List<PartitionKey> _partitions = [new("a", 0), new("a", 1), new("b", 0)];

    public async Task RunAsync(int steps)
    {
        foreach (var partition in _partitions) await OwnAsync(partition);
        for (var step = 0; step < steps; step++)
        {
            await CommitAsync(step);
            if (_random.Next(4) == 0) await LookAsync(step);
            if (_random.Next(30) == 0) await OwnAsync(_partitions[_random.Next(_partitions.Count)]);
            if (_random.Next(20) == 0) await PruneAsync(step);
        }

        await LookAsync(steps);
    }

    /// <summary>A partition keeps its strategy, because a queue has one.</summary>
    internal static PollStrategy StrategyOf(PartitionKey partition) => Strategies[(int)(partition.Queue.Hash % (uint)Strategies.Length)];

    private async Task OwnAsync(PartitionKey partition)
    {
        var expected = await reference.OwnAsync(partition, "owner", default);
        var actual = await other.OwnAsync(partition, "owner", default);
        Same(StoreText.Of(expected), StoreText.Of(actual), $"opening {partition}");
        _commits.Own(partition, expected.Epoch);
    }

    private async Task CommitAsync(int step)
    {
        var units = _commits.Next(1 + _random.Next(MaxUnits), MaxChanges);
        var expected = await reference.CommitAsync(units, default);
        var actual = await other.CommitAsync(units, default);
        for (var i = 0; i < units.Count; i++)
        {
            if (!AreBothRefused(units[i], expected[i], actual[i]))
                Same(StoreText.Of(expected[i]), StoreText.Of(actual[i]), $"step {step}, unit {i} of {units.Count}");
            _commits.Settled(units[i], expected[i]);
        }

        foreach (var id in units.SelectMany(u => u.Changes).Select(c => c.Transition.Job.Id).Distinct())
        {
            var found = await reference.FindAsync(id, default);
            Same(StoreText.Of(found), StoreText.Of(await other.FindAsync(id, default)), $"step {step}, finding {id}");
            _commits.Found(id, found);
        }
    }

    private async Task PruneAsync(int step)
    {
        var request = _commits.Prune();
        Same(await PruneAllAsync(reference, request), await PruneAllAsync(other, request), $"step {step}, pruning");
        await _commits.ForgetPrunedAsync(reference);
    }

    private static async Task<string> PruneAllAsync(IJobStore store, PruneRequest request)
    {
        var cuts = new Dictionary<(QueueName Queue, JobState State), HistoryPlace>();
        foreach (var (queue, limits) in request.Limits)
        {
            foreach (var (state, limit) in limits.Set)
            {
                if (limit.MaxBytes is { } bytes && await store.FindSizeCutAsync(queue, state, bytes, default) is { } cut) cuts.Add((queue, state), cut);
            }
        }

        var removed = 0;
        while (await store.PruneAsync(request with { SizeCuts = cuts }, default) is > 0 and var some) removed += some;
        return $"{string.Join(", ", cuts.Select(c => $"{c.Key} to {c.Value.FinishedAt:o} {c.Value.Sequence}"))}: {removed}";
    }

    /// <summary>Which of several reasons a unit is refused for is up to the store, but for the fence, which goes before all others.</summary>
    private static bool AreBothRefused(CommitUnit unit, CommitVerdict expected, CommitVerdict actual)
    {
        static bool IsOther(CommitVerdict verdict) => verdict is CommitVerdict.Conflict or CommitVerdict.IdTaken or CommitVerdict.KeyTaken;
        return unit.Changes.Count > 1 && ((IsOther(expected) && IsOther(actual)) || (expected, actual) is (CommitVerdict.Fenced, CommitVerdict.Fenced));
    }

    private async Task LookAsync(int step)
    {
        foreach (var partition in _partitions)
        {
            foreach (var request in _commits.Pages(partition, StrategyOf(partition))) await PageAsync(request, step);
        }

        foreach (var query in _commits.Queries())
        {
            var expected = await reference.ListAsync(query, _commits.Now, default);
            Same(StoreText.Of(expected), StoreText.Of(await other.ListAsync(query, _commits.Now, default)), $"step {step}, {query}");
        }

        foreach (var queue in (QueueName?[])[null, "a", "b", "c"])
        {
            var expected = await reference.CountAsync(queue, _commits.Now, default);
            Same(expected.ToString(), (await other.CountAsync(queue, _commits.Now, default)).ToString(), $"step {step}, counting {queue}");
        }

        Same(await BacklogAsync(reference), await BacklogAsync(other), $"step {step}, reading the backlog");
        var partitions = (await reference.ListPartitionsAsync(default)).Select(p => p.ToString()).Order();
        var others = (await other.ListPartitionsAsync(default)).Select(p => p.ToString()).Order();
        Same(string.Join(' ', partitions), string.Join(' ', others), $"step {step}, listing partitions");
    }

    private async Task<string> BacklogAsync(IJobStore store) => string.Join(
        '\n', (await store.ReadBacklogAsync(_partitions, _commits.Now, default)).Where(b => b.Counts.Unfinished > 0).Select(b => b.ToString()).Order());

    /// <summary>Reads an order to its end, page by page.</summary>
    private async Task PageAsync(PageRequest request, int step)
    {
        while (true)
        {
            var expected = await reference.LoadAsync(request, default);
            Same(StoreText.Of(expected), StoreText.Of(await other.LoadAsync(request, default)), $"step {step}, {request}");
            if (expected.Count < request.MaxJobs) return;
            request = request with { From = request.KeyOf(expected[^1]).Successor };
        }
    }

    private void Same(string expected, string actual, string what)
    {
        if (expected != actual) Assert.Fail($"seed {seed} (JOBS_TEST_SEED), {what}\nthe reference says:\n{expected}\nthe other says:\n{actual}");
    }
}

namespace Jobs.Core;

/// <summary>
/// Removes what a process's queues keep no more. Sizes are looked at less often than the rest, because that reads all records of an outcome:
/// at the first look, when a limit by size is new, and then once an hour. The look says up to which record the oldest go, and that holds until all of them
/// are gone, also when it takes many calls or a call fails: what is left is the same as if they went at once.
/// </summary>
internal sealed class HistoryPruner(IJobStore store, TimeProvider clock)
{
    internal static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    internal static readonly TimeSpan SizePeriod = TimeSpan.FromHours(1);

    private Dictionary<(QueueName Queue, JobState State, long MaxBytes), long> _measuredAt = [];
    private Dictionary<(QueueName Queue, JobState State), HistoryPlace> _cuts = [];

    /// <summary>Prunes until there is nothing more to remove, or until it has to stop. One at a time.</summary>
    internal async ValueTask PruneAsync(IEnumerable<KeyValuePair<QueueName, QueueOptions>> queues, Func<bool> goesOn)
    {
        var limits = queues.Where(q => q.Value.History != HistoryLimits.None).ToDictionary(q => q.Key, q => q.Value.History);
        await MeasureAsync(limits, goesOn).ConfigureAwait(false);
        var request = new PruneRequest(clock.GetUtcNow()) { Limits = limits, SizeCuts = _cuts };
        while (goesOn())
        {
            if (await store.PruneAsync(request, CancellationToken.None).ConfigureAwait(false) > 0) continue;
            _cuts = [];
            return;
        }
    }

    private async ValueTask MeasureAsync(Dictionary<QueueName, HistoryLimits> limits, Func<bool> goesOn)
    {
        var measuredAt = new Dictionary<(QueueName Queue, JobState State, long MaxBytes), long>();
        var cuts = new Dictionary<(QueueName Queue, JobState State), HistoryPlace>();
        foreach (var (queue, state, maxBytes) in SizesOf(limits))
        {
            if (!goesOn()) return;
            if (_measuredAt.TryGetValue((queue, state, maxBytes), out var at) && clock.GetElapsedTime(at) < SizePeriod)
            {
                if (_cuts.TryGetValue((queue, state), out var open)) cuts.Add((queue, state), open);
            }
            else
            {
                at = clock.GetTimestamp();
                if (await store.FindSizeCutAsync(queue, state, maxBytes, CancellationToken.None).ConfigureAwait(false) is { } cut)
                    cuts.Add((queue, state), cut);
            }

            measuredAt.Add((queue, state, maxBytes), at);
        }

        (_measuredAt, _cuts) = (measuredAt, cuts);
    }

    private static IEnumerable<(QueueName Queue, JobState State, long MaxBytes)> SizesOf(Dictionary<QueueName, HistoryLimits> limits) =>
        from queue in limits
        from outcome in queue.Value.Set
        where outcome.Limit.MaxBytes is not null
        select (queue.Key, outcome.State, outcome.Limit.MaxBytes!.Value);
}

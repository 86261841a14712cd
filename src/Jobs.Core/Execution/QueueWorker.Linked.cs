namespace Jobs.Core;

/// <content>What it does for partitions that are in other processes.</content>
internal sealed partial class QueueWorker
{
    private string[] _offeredTasks = [];
    private object? _offeredFor;

    /// <summary>Whether it also runs jobs of partitions that are not in this process.</summary>
    internal bool RunsForOthers { get; init; } = true;

    /// <summary>Tasks by every name, but for those whose handlers write in a transaction with their job: that needs the owner's own process.</summary>
    public IReadOnlyCollection<string> OfferedTasks
    {
        get
        {
            var known = _registry.Known;
            if (!ReferenceEquals(_offeredFor, known))
            {
                _offeredTasks = [.. known.Where(pair => !pair.Value.IsTransactional).Select(pair => pair.Key).Order(StringComparer.Ordinal)];
                _offeredFor = known;
            }

            return Concurrency > 0 && RunsForOthers ? _offeredTasks : [];
        }
    }

    public IEnumerable<string> LimitedTasks => OfferedTasks.Where(_taskLimits.IsLimited);

    public int ReserveTask(string task, int wanted)
    {
        var taken = 0;
        while (taken < wanted && _taskLimits.TryTake(task)) taken++;
        return taken;
    }

    public void ReleaseTaskOnly(string task, int count)
    {
        for (var i = 0; i < count; i++) _taskLimits.Release(task);
    }
}

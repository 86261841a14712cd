namespace Jobs.Core;

/// <summary>The slots that a worker elsewhere has set aside for one report. Used on the partition's turn.</summary>
internal sealed class ExchangeSink(RemoteWorker worker, int slots, IReadOnlyDictionary<string, int> taskSlots) : IJobSink
{
    private readonly Dictionary<string, int> _taskSlots = new(taskSlots, StringComparer.Ordinal);
    private int _free = slots;

    public string Worker => worker.Offer.Name;

    public string? CodeVersion => worker.Offer.CodeVersion;

    public TimeSpan? Heartbeat => worker.Offer.Heartbeat;

    public bool IsTaking => true;

    public bool Supports(string task) => worker.Tasks.Contains(task);

    public int ReserveSlots(int wanted)
    {
        var taken = Math.Min(wanted, _free);
        _free -= taken;
        return taken;
    }

    public void ReleaseSlots(int count) => _free += count;

    public bool TryReserveTask(string task)
    {
        if (!_taskSlots.TryGetValue(task, out var free)) return true;
        if (free == 0) return false;
        _taskSlots[task] = free - 1;
        return true;
    }

    public void ReleaseTask(string task)
    {
        if (_taskSlots.TryGetValue(task, out var free)) _taskSlots[task] = free + 1;
        _free++;
    }

    /// <summary>Its jobs go with the answer to the report.</summary>
    public void Start(IReadOnlyList<Assignment> assignments) => throw new InvalidOperationException("These jobs are handed over by an answer.");
}

namespace Jobs.Core;

/// <summary>Somebody who takes up to so many jobs at one partition, each for a time. Used on the partition's turn.</summary>
/// <param name="worker">The consumer's name.</param>
/// <param name="length">For how long.</param>
/// <param name="maxJobs">How many at most.</param>
/// <param name="tasks">Of which tasks; null for all.</param>
internal sealed class LeaseSink(string worker, TimeSpan length, int maxJobs, IReadOnlySet<string>? tasks) : IJobSink
{
    private int _free = maxJobs;

    public string Worker => worker;

    public TimeSpan? LeaseLength => length;

    public bool IsTaking => true;

    public bool Supports(string task) => tasks is null || tasks.Contains(task);

    public int ReserveSlots(int wanted)
    {
        var taken = Math.Min(wanted, _free);
        _free -= taken;
        return taken;
    }

    public void ReleaseSlots(int count) => _free += count;

    public bool TryReserveTask(string task) => true;

    public void ReleaseTask(string task) => _free++;

    /// <summary>Its jobs are handed over when their starts are committed, and not before.</summary>
    public void Start(IReadOnlyList<Assignment> assignments) => throw new InvalidOperationException("Leased jobs are started by their unit.");
}

namespace Jobs.Core;

/// <summary>Adds up what a store finds of a partition's unfinished jobs. For one thread.</summary>
public sealed class BacklogCount
{
    private readonly long[] _jobs = new long[(int)JobState.Discarded + 1];
    private DateTimeOffset? _oldestDueAt;

    /// <summary>Adds jobs of one state, a due one being pending.</summary>
    /// <param name="state">The state.</param>
    /// <param name="jobs">How many.</param>
    /// <param name="firstRunAt">The earliest time for which one of them was meant.</param>
    public void Add(JobState state, long jobs, DateTimeOffset firstRunAt)
    {
        _jobs[(int)state] += jobs;
        if (state is JobState.Pending && !(_oldestDueAt <= firstRunAt)) _oldestDueAt = firstRunAt;
    }

    /// <summary>What was added, of a partition.</summary>
    public PartitionBacklog Of(PartitionKey partition) => new(partition, JobFilters.ToCounts(_jobs), _oldestDueAt);
}

namespace Jobs.Core;

/// <summary>How a queue behaves. A queue that nobody describes has the defaults.</summary>
public sealed class QueueOptions
{
    /// <summary>
    /// Into how many partitions the queue is split; default 1, which gives one strict order. More of them spread a queue over the silos
    /// of a cluster; order then holds within each. At most <see cref="JobId.MaxPartitions"/>.
    /// </summary>
    public int Partitions { get; set; } = 1;

    /// <summary>In which order due jobs are handed out; default <see cref="PollStrategy.PriorityFirst"/>.</summary>
    public PollStrategy Strategy { get; set; } = PollStrategy.PriorityFirst;

    /// <summary>How many jobs of the queue run at a time in this process; default 10 per processor.</summary>
    public int Concurrency { get; set; } = 10 * Environment.ProcessorCount;

    /// <summary>How many unfinished jobs the queue takes; default 1,000,000. Over it, <see cref="WhenFull"/> decides.</summary>
    public long CapacityJobs { get; set; } = 1_000_000;

    /// <summary>What an enqueue does when the queue is full; default <see cref="FullQueue.Wait"/>.</summary>
    public FullQueue WhenFull { get; set; } = FullQueue.Wait;

    /// <summary>
    /// How long an enqueue waits for room before it gives up with <see cref="QueueBusyException"/>; default 30 seconds. A batch that needs more
    /// room than there is lets smaller enqueues pass, but no more than <see cref="CapacityJobs"/> of them; then they wait behind it.
    /// </summary>
    public TimeSpan WaitForRoom { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many records of finished jobs are kept, of how many bytes, how long, and how long with their payloads, for each way to end; default
    /// <see cref="HistoryLimits.None"/>.
    /// </summary>
    public HistoryLimits History { get; set; } = HistoryLimits.None;

    /// <summary>What holds for the jobs of the queue where neither enqueue nor task says it, as in <c>q.Jobs.MaxAttempts = 3</c>; default nothing.</summary>
    public JobDefaults Jobs { get; private set; } = new();

    internal QueueOptions Copy()
    {
        var copy = (QueueOptions)MemberwiseClone();
        copy.Jobs = Jobs.Copy();
        return copy;
    }

    /// <summary>The same queue with one partition.</summary>
    internal QueueOptions AsOne()
    {
        var one = Copy();
        one.Partitions = 1;
        return one;
    }

    /// <summary>The same queue, of which this process runs nothing.</summary>
    internal QueueOptions AtRest()
    {
        var rest = Copy();
        rest.Concurrency = 0;
        return rest;
    }

    internal QueueOptions Checked()
    {
        Require(Partitions is >= 1 and <= JobId.MaxPartitions, nameof(Partitions), Partitions, $"use a number from 1 to {JobId.MaxPartitions}");
        Require(Concurrency >= 0, nameof(Concurrency), Concurrency, "use 0, so that this process runs none of its jobs, or a positive number");
        Require(CapacityJobs >= 1, nameof(CapacityJobs), CapacityJobs, "use a positive number");
        Require(WaitForRoom >= TimeSpan.Zero, nameof(WaitForRoom), WaitForRoom, "use zero or a positive time");
        Require(History is not null, nameof(History), "null", "use HistoryLimits.None");
        foreach (var (state, limit) in History!.Set)
        {
            Require(limit.MaxRecords is not < 0, $"{nameof(History)}.{state}.{nameof(limit.MaxRecords)}", limit.MaxRecords!, "use 0 or a positive number");
            Require(!(limit.MaxAge < TimeSpan.Zero), $"{nameof(History)}.{state}.{nameof(limit.MaxAge)}", limit.MaxAge!, "use zero or a positive time");
            Require(
                !(limit.MaxPayloadAge < TimeSpan.Zero), $"{nameof(History)}.{state}.{nameof(limit.MaxPayloadAge)}", limit.MaxPayloadAge!,
                "use zero or a positive time");
            Require(
                limit.MaxBytes is not < 1, $"{nameof(History)}.{state}.{nameof(limit.MaxBytes)}", limit.MaxBytes!,
                "use a positive number; with MaxRecords: 0 no records are kept");
        }

        Jobs.Check();
        return this;
    }

    private static void Require(bool holds, string option, object value, string remedy)
    {
        if (!holds) throw new InvalidJobOptionException(option, value, remedy);
    }
}

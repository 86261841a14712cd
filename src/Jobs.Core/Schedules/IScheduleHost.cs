namespace Jobs.Core;

/// <summary>What a schedule's runner needs of the engine around it.</summary>
internal interface IScheduleHost
{
    /// <summary>The name of this node, for schedules that fire on each.</summary>
    string Node { get; }

    /// <summary>False while another process owns the partition that the job would go to; that one fires the occurrence.</summary>
    bool CanFire(ScheduleOccurrence occurrence, QueueName queue);

    /// <summary>The queue that an occurrence of this node alone goes to, for schedules that fire on each; default the schedule's.</summary>
    ValueTask<QueueName> QueueOfNodeAsync(QueueName queue, CancellationToken cancellation) => new(queue);

    /// <summary>How a job stands; null if there is none.</summary>
    ValueTask<JobState?> StateOfAsync(JobId id, CancellationToken cancellation);

    /// <summary>Enqueues the job of an occurrence, and returns when it is committed; also if its id is taken.</summary>
    ValueTask FireAsync(ScheduleDefinition definition, ScheduleOccurrence occurrence, CancellationToken cancellation);
}

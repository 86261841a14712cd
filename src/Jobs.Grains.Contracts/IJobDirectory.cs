using Orleans;

namespace Jobs.Grains.Contracts;

/// <summary>What any silo can answer or do for a client: which queues there are, lists, counts, and batches over several partitions.</summary>
[Alias("jobs.IJobDirectory")]
public interface IJobDirectory : IGrainWithIntegerKey
{
    /// <summary>How a queue is divided.</summary>
    [Alias("DescribeQueue")]
    Task<QueueDescription> DescribeQueueAsync(QueueName queue);

    /// <summary>The queue of a job; null if nothing is known of it.</summary>
    [Alias("FindQueue")]
    Task<QueueDescription?> FindQueueAsync(JobId id);

    /// <summary>Commits new jobs of several partitions, all or none.</summary>
    /// <param name="requests">A request for each partition.</param>
    /// <param name="cancellation">Ends the wait for room; what is on its way to the store is committed.</param>
    /// <exception cref="PartitionMovedException">A partition is moving; repeat the request, and say that it is repeated.</exception>
    [Alias("EnqueueAcross")]
    Task<EnqueueReply> EnqueueAcrossAsync(EnqueueRequest[] requests, CancellationToken cancellation);

    /// <summary>Lists jobs, a page at a time.</summary>
    [Alias("List")]
    Task<JobSnapshot[]> ListAsync(JobQueryMessage query);

    /// <summary>Counts the jobs of a queue, or of all queues, by state.</summary>
    [Alias("Count")]
    Task<JobCounts> CountAsync(QueueName? queue);

    /// <summary>A schedule with its next occurrences; null if there is none.</summary>
    /// <exception cref="SchedulesNotKeptException">The store keeps none.</exception>
    [Alias("FindSchedule")]
    Task<ScheduleSnapshot?> FindScheduleAsync(ScheduleId id, int upcomingTimes);

    /// <summary>Lists schedules by id, a page at a time.</summary>
    /// <param name="after">The last id of the page before.</param>
    /// <param name="pageSchedules">How many at most.</param>
    /// <param name="upcomingTimes">How many upcoming times of each.</param>
    /// <exception cref="SchedulesNotKeptException">The store keeps none.</exception>
    [Alias("ListSchedules")]
    Task<ScheduleSnapshot[]> ListSchedulesAsync(ScheduleId? after, int pageSchedules, int upcomingTimes);

    /// <summary>Pauses a queue or a task.</summary>
    /// <param name="target">What.</param>
    /// <param name="reason">Why; null for nothing.</param>
    /// <param name="by">Who wants it; null if that is not told.</param>
    /// <exception cref="SettingsNotKeptException">The store keeps no settings.</exception>
    [Alias("Pause")]
    Task<Pause> PauseAsync(PauseTarget target, string? reason, string? by);

    /// <summary>Ends a pause; false if there was none.</summary>
    /// <exception cref="SettingsNotKeptException">The store keeps no settings.</exception>
    [Alias("Resume")]
    Task<bool> ResumeAsync(PauseTarget target);

    /// <summary>What is paused now.</summary>
    /// <exception cref="SettingsNotKeptException">The store keeps no settings.</exception>
    [Alias("ListPauses")]
    Task<Pause[]> ListPausesAsync();

    /// <summary>Sets a limit on what runs; one of the same name is replaced.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="by">Who wants it; null if that is not told.</param>
    /// <exception cref="SettingsNotKeptException">The store keeps no settings.</exception>
    [Alias("SetLimit")]
    Task<RunLimitInfo> SetLimitAsync(RunLimit limit, string? by);

    /// <summary>Removes a limit; false if there was none.</summary>
    /// <exception cref="SettingsNotKeptException">The store keeps no settings.</exception>
    [Alias("RemoveLimit")]
    Task<bool> RemoveLimitAsync(string name);

    /// <summary>The limits there are.</summary>
    /// <exception cref="SettingsNotKeptException">The store keeps no settings.</exception>
    [Alias("ListLimits")]
    Task<RunLimitInfo[]> ListLimitsAsync();

    /// <summary>The living workers, sorted by name.</summary>
    [Alias("ListWorkers")]
    Task<WorkerInfo[]> ListWorkersAsync();

    /// <summary>The tasks that have due jobs and that no living worker handles, the longest waiting first.</summary>
    [Alias("ListUnhandled")]
    Task<UnhandledTask[]> ListUnhandledAsync();

    /// <summary>The durable subscriptions of a topic, which is about to get a message.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="messageBytes">How large the message is.</param>
    /// <exception cref="LimitExceededException">It is too large.</exception>
    [Alias("DescribeTopic")]
    Task<SubscriptionMessage[]> DescribeTopicAsync(string topic, int messageBytes);

    /// <summary>All durable subscriptions, sorted by topic and name.</summary>
    [Alias("ListSubscriptions")]
    Task<SubscriptionMessage[]> ListSubscriptionsAsync();

    /// <summary>Stores a durable subscription, or changes its options.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="by">Who wants it; null if that is not told.</param>
    /// <exception cref="SettingsNotKeptException">The store keeps no settings.</exception>
    [Alias("Subscribe")]
    Task SubscribeAsync(SubscriptionMessage subscription, string? by);

    /// <summary>Removes a durable subscription; false if there was none.</summary>
    /// <exception cref="SettingsNotKeptException">The store keeps no settings.</exception>
    [Alias("Unsubscribe")]
    Task<bool> UnsubscribeAsync(string topic, string name);
}

using Jobs.Client;
using Jobs.Core;
using Jobs.Grains.Node;

namespace Jobs.Grains.Schedules;

/// <summary>What the runners of schedules need of a silo. Any silo may fire an occurrence: the job goes to its partition wherever that is.</summary>
internal sealed class ClusterScheduleHost(SiloNode node, ClusterJobClient client) : IScheduleHost
{
    /// <summary>
    /// How often schedules are read that nobody has told of; rare, because all changes go through the grains of the schedules, which tell
    /// whoever has to know.
    /// </summary>
    private static readonly TimeSpan RefreshTime = TimeSpan.FromMinutes(5);

    public string Node => node.Settings.WorkerName;

    internal IScheduleStore Store => node.Store.Schedules ?? throw new SchedulesNotKeptException($"The store {node.Store.GetType().Name}");

    public bool CanFire(ScheduleOccurrence occurrence, QueueName queue) => true;

    public async ValueTask<JobState?> StateOfAsync(JobId id, CancellationToken cancellation) =>
        (await node.Store.FindAsync(id, cancellation).ConfigureAwait(false))?.State;

    public async ValueTask FireAsync(ScheduleDefinition definition, ScheduleOccurrence occurrence, CancellationToken cancellation)
    {
        try
        {
            await client.EnqueueAsync([occurrence.ToJob(ScheduledJobs.TaskOf(definition))], cancellation).ConfigureAwait(false);
        }
        catch (DuplicateJobException)
        {
            // It has fired, here or elsewhere, and this was not written down.
        }
    }

    internal ScheduleRunner RunnerOf(ScheduleView view)
    {
        var options = node.Settings.ScheduleOptions with { RefreshTime = RefreshTime };
        return new ScheduleRunner(view, this, node.Clock, options, node.Settings.Log);
    }

    internal ScheduleBook BookOf(Action<ScheduleRecord> written) => new(Store, node.Clock, node.Settings.Random, written);

    internal ScheduleSnapshot Show(ScheduleRecord schedule) => schedule.ToSnapshot(node.Clock.GetUtcNow(), 1);
}

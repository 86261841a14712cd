using Jobs.Conformance;

namespace Jobs.Examples.Topics;

/// <summary>A worker that runs things at intervals and listens to topics; it needs no web server.</summary>
public sealed class Greenhouse
{
    public static readonly TaskDefinition<string> Water = TaskDefinition.Create<string>("water", o => o.UsePreset(RetryPreset.Once));

    /// <summary>Where and when it was watered.</summary>
    public Recording<(string Bed, string Worker, DateTimeOffset Time)> Watered { get; } = new();

    /// <summary>Beds that have no tap.</summary>
    public HashSet<string> Dry { get; } = [];

    public void Describe(JobsBuilder jobs)
    {
        jobs.Handle(Water, (string bed, JobContext job) =>
        {
            Watered.Add((bed, job.Worker, job.ScheduledTime!.Value));
            return Dry.Contains(bed) ? throw new InvalidOperationException($"{bed} has no tap.") : Task.CompletedTask;
        });
    }

    /// <summary>
    /// Intervals of this process, a little apart from those of others: first after one interval, never beside itself, and what is missed
    /// while it is down is not made up for.
    /// </summary>
    public static void DescribeIntervals(JobsBuilder jobs)
    {
        jobs.Schedule("roses", Water, "roses", s => Own(s.Every(TimeSpan.FromMinutes(10))));
        jobs.Schedule("herbs", Water, "herbs", s => Own(s.Every(TimeSpan.FromMinutes(15))));

        static void Own(ScheduleBuilder schedule) => schedule
            .InScope(ScheduleScope.EveryNode)
            .OnOverlap(OverlapPolicy.Skip)
            .OnMisfire(MisfirePolicy.Skip);
    }
}

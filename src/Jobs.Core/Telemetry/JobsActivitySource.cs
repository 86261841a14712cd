using System.Diagnostics;

namespace Jobs.Core;

/// <summary>The spans of the activity source <c>Jobs</c>: one per run, a child of whatever enqueued the job.</summary>
public static class JobsActivitySource
{
    /// <summary>The name to subscribe to.</summary>
    public const string Name = "Jobs";

    private static readonly ActivitySource Source = new(Name);

    internal static Activity? StartRun(JobRecord job)
    {
        if (!Source.HasListeners()) return null;
        _ = ActivityContext.TryParse(job.Terms.TraceParent, null, isRemote: true, out var parent);
        var activity = Source.StartActivity($"run {job.Terms.Task}", ActivityKind.Consumer, parent);
        activity?.SetTag("job.id", job.Id.ToString());
        activity?.SetTag("job.queue", job.Terms.Queue.Value);
        activity?.SetTag("job.attempt", job.LastAttempt);
        return activity;
    }
}

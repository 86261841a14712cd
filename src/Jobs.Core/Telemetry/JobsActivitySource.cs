using System.Diagnostics;

namespace Jobs.Core;

/// <summary>
/// The spans of the activity source <c>Jobs</c>. An enqueue is a child of whatever span is current; the wait of each attempt and its run
/// are children of the enqueue, and what the handler does is below the run: one trace, over the store and over processes.
/// </summary>
public static class JobsActivitySource
{
    /// <summary>The name to subscribe to.</summary>
    public const string Name = EnqueueSpan.SourceName;

    private static ActivitySource Source => EnqueueSpan.Source;

    /// <summary>Tells how long the attempt waited after it was due, and starts the span of its run.</summary>
    internal static Activity? StartRun(JobRecord job)
    {
        if (!Source.HasListeners()) return null;
        try
        {
            _ = ActivityContext.TryParse(job.Terms.TraceParent, job.Terms.TraceState, isRemote: true, out var parent);
            TellWait(job, parent);
            var activity = Source.StartActivity($"run {job.Terms.Task}", ActivityKind.Consumer, parent);
            SetTags(activity, job);
            TraceBaggage.Restore(activity, job);
            return activity;
        }
        catch (Exception)
        {
            // A listener that throws loses its span, not the job.
            return null;
        }
    }

    private static void TellWait(JobRecord job, ActivityContext parent)
    {
        if (parent == default || job.StartedAt is not { } started) return;
        var due = job.RunAt < started ? job.RunAt : started;
        using var wait = Source.StartActivity(ActivityKind.Internal, parent, startTime: due, name: $"wait {job.Terms.Task}");
        SetTags(wait, job);
        wait?.SetEndTime(started.UtcDateTime);
    }

    private static void SetTags(Activity? activity, JobRecord job)
    {
        if (activity is null) return;
        activity.SetTag("job.id", job.Id.ToString());
        activity.SetTag("job.queue", job.Terms.Queue.Value);
        activity.SetTag("job.attempt", job.LastAttempt);
        activity.SetTag("job.request_id", job.Terms.RequestId);
        if (job.Worker is { } worker) activity.SetTag("job.worker", worker);
        if (job.Terms.User is { } user) activity.SetTag("enduser.id", user);
    }
}

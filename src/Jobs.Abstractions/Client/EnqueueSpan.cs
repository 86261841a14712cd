using System.Diagnostics;

namespace Jobs;

/// <summary>The span of an enqueue call, whichever client makes it. The source is the one of all spans of this library.</summary>
internal static class EnqueueSpan
{
    internal const string SourceName = "Jobs";

    internal static ActivitySource Source { get; } = new(SourceName);

    /// <summary>Starts the span of one enqueue call and leaves the current span as it was; null if nobody listens.</summary>
    internal static Activity? Start(IReadOnlyList<EncodedJob> jobs)
    {
        if (!Source.HasListeners()) return null;
        var current = Activity.Current;
        try
        {
            var first = jobs[0].Task;
            var isMixed = jobs.Count > 1 && jobs.Any(job => !ReferenceEquals(job.Task, first));
            var activity = Source.StartActivity(isMixed ? "enqueue" : $"enqueue {first?.Name}", ActivityKind.Producer);
            activity?.SetTag("job.count", jobs.Count);
            return activity;
        }
        catch (Exception)
        {
            // A listener that throws loses its span, not the job.
            return null;
        }
        finally
        {
            Activity.Current = current;
        }
    }

    /// <summary>
    /// Enqueues in a span, which is current meanwhile, so that the jobs are its children; the caller's own is current again when this returns.
    /// </summary>
    internal static async ValueTask<IReadOnlyList<JobHandle>> EnqueueAsync(
        Activity span, EnqueueDelegate enqueue, IReadOnlyList<EncodedJob> jobs, CancellationToken cancellation)
    {
        Activity.Current = span;
        Exception? error = null;
        try
        {
            var handles = await enqueue(jobs, cancellation).ConfigureAwait(false);
            if (handles.Count == 1) span.SetTag("job.id", handles[0].Id.ToString());
            return handles;
        }
        catch (Exception e)
        {
            error = e;
            throw;
        }
        finally
        {
            End(span, error?.Message);
        }
    }

    /// <summary>Ends a span, as failed if there is an error.</summary>
    internal static void End(Activity? activity, string? error)
    {
        if (activity is null) return;
        try
        {
            if (error is not null) activity.SetStatus(ActivityStatusCode.Error, error);
            activity.Dispose();
        }
        catch (Exception)
        {
            // As above.
        }
    }
}

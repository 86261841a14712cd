using Jobs.Grains.Contracts;
using Orleans;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;

namespace Jobs.Client;

/// <summary>Repeats calls whose silo went away. All of them may be repeated: an enqueue names its ids, and an action its job's state.</summary>
internal sealed class ClusterCalls(JobsClientOptions options)
{
    private static readonly TimeSpan MaxRepeatDelay = TimeSpan.FromSeconds(1);

    /// <summary>Calls until there is an answer.</summary>
    /// <param name="call">Gets true from the second try on: then it is not known what became of the one before.</param>
    /// <param name="action">What is asked, for the error that says that there is nobody to ask.</param>
    /// <param name="cancellation">Ends the wait for an answer.</param>
    /// <exception cref="ServiceStoppedException">The process has left the cluster.</exception>
    internal Task<T> AskAsync<T>(Func<bool, Task<T>> call, string action, CancellationToken cancellation) =>
        AskAsync(call, (_, _) => new ServiceStoppedException(action), cancellation);

    /// <summary>Calls until there is an answer.</summary>
    /// <param name="call">Gets true from the second try on: then it is not known what became of the one before.</param>
    /// <param name="stopped">The error when the process has left the cluster: whether the call had been made before, and how it failed then.</param>
    /// <param name="cancellation">Ends the wait for an answer.</param>
    internal async Task<T> AskAsync<T>(Func<bool, Task<T>> call, Func<bool, Exception, Exception> stopped, CancellationToken cancellation)
    {
        for (var repeats = 0; ; repeats++)
        {
            try
            {
                return await call(repeats > 0).WaitAsync(cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (repeats < options.MaxRepeats && IsOfTheWay(e))
            {
                // The way's own time, not that of the jobs: a test that stands the clock still must not stop the calls.
                await Task.Delay(DelayAfter(repeats), TimeProvider.System, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                throw stopped(repeats > 0, e);
            }
        }
    }

    /// <summary>Doubled each time up to a bound: short for a partition that just moves, and long enough in all for a silo that was killed.</summary>
    private TimeSpan DelayAfter(int repeats)
    {
        if (options.RepeatDelay >= MaxRepeatDelay) return options.RepeatDelay;
        var doubled = options.RepeatDelay * Math.Pow(2, Math.Min(repeats, 10));
        return doubled < MaxRepeatDelay ? doubled : MaxRepeatDelay;
    }

    /// <summary>Whether the way to the silo failed and not the call. That no silo is there for it at the moment has no type of its own.</summary>
    private static bool IsOfTheWay(Exception error) => error.GetType() == typeof(OrleansException)
        || error is PartitionMovedException or OrleansMessageRejectionException or SiloUnavailableException or ConnectionFailedException or TimeoutException;
}

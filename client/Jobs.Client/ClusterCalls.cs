using Jobs.Grains.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;

namespace Jobs.Client;

/// <summary>Repeats calls whose silo went away. All of them may be repeated: an enqueue names its ids, and an action its job's state.</summary>
internal sealed class ClusterCalls
{
    private static readonly TimeSpan MaxRepeatDelay = TimeSpan.FromSeconds(1);

    private readonly JobsClientOptions _options;
    private readonly CancellationToken _ownEnd;

    /// <summary>Makes the calls of a process.</summary>
    /// <param name="options">How long they are repeated.</param>
    /// <param name="services">Whatever knows when the process ends; null if nothing does.</param>
    internal ClusterCalls(JobsClientOptions options, IServiceProvider? services)
    {
        _options = options;
        _ownEnd = services?.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
    }

    /// <summary>Calls until there is an answer, or until the time for that is over.</summary>
    /// <param name="call">Gets true from the second try on: then it is not known what became of the one before.</param>
    /// <param name="action">What is asked, for the error that says that there is nobody to ask.</param>
    /// <param name="cancellation">Ends the wait for an answer.</param>
    /// <exception cref="ServiceStoppedException">The process has left the cluster.</exception>
    internal Task<T> AskAsync<T>(Func<bool, Task<T>> call, string action, CancellationToken cancellation) =>
        AskAsync(call, (_, error) => error is null ? new ServiceStoppedException(action) : null, cancellation);

    /// <summary>Calls until there is an answer, or until the time for that is over.</summary>
    /// <param name="call">Gets true from the second try on: then it is not known what became of the one before.</param>
    /// <param name="givenUp">
    /// The error for the caller, by whether an earlier try was made, and by how the last one failed, which is null if the process has left the
    /// cluster; null leaves the caller the last try's error.
    /// </param>
    /// <param name="cancellation">Ends the wait for an answer.</param>
    internal async Task<T> AskAsync<T>(Func<bool, Task<T>> call, Func<bool, Exception?, Exception?> givenUp, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        for (var repeats = 0; ; repeats++)
        {
            try
            {
                return await call(repeats > 0).WaitAsync(cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (IsOfTheWay(e, cancellation))
            {
                if (TimeProvider.System.GetElapsedTime(start) >= _options.CallTimeout)
                {
                    if (givenUp(true, e) is { } error) throw error;
                    throw;
                }

                // The way's own time, not that of the jobs: a test that stands the clock still must not stop the calls.
                await Task.Delay(DelayAfter(repeats), TimeProvider.System, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ObjectDisposedException || IsCancelledByOthers(e, cancellation))
            {
                if (givenUp(repeats > 0, null) is { } error) throw error;
                throw;
            }
        }
    }

    /// <summary>Doubled each time up to a bound: short for a partition that just moves, and long enough in all for a silo that was killed.</summary>
    private TimeSpan DelayAfter(int repeats)
    {
        if (_options.RepeatDelay >= MaxRepeatDelay) return _options.RepeatDelay;
        var doubled = _options.RepeatDelay * Math.Pow(2, Math.Min(repeats, 10));
        return doubled < MaxRepeatDelay ? doubled : MaxRepeatDelay;
    }

    /// <summary>
    /// Whether the way to the silo failed and not the call. That no silo is there for it at the moment has no type of its own, and what a silo
    /// was about to do when it stopped or died may come back as cancelled.
    /// </summary>
    private bool IsOfTheWay(Exception error, CancellationToken cancellation) => error.GetType() == typeof(OrleansException)
        || error is PartitionMovedException or OrleansMessageRejectionException or SiloUnavailableException or ConnectionFailedException or TimeoutException
        || (IsCancelledByOthers(error, cancellation) && !_ownEnd.IsCancellationRequested);

    private static bool IsCancelledByOthers(Exception error, CancellationToken cancellation) =>
        error is OperationCanceledException && !cancellation.IsCancellationRequested;
}

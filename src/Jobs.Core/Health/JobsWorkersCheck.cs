using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Jobs.Core;

/// <summary>
/// Tells which tasks wait that no living worker handles. It never fails, because a new process of the same code would handle nothing more; and
/// what cannot be told is told by the other checks.
/// </summary>
internal sealed class JobsWorkersCheck(Func<IWorkerClient> workers, IHostApplicationLifetime? lifetime, TimeSpan patience) : IHealthCheck
{
    private const int MaxTasks = 100;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // A client that cannot reach anybody yet would wait for long.
        if (lifetime is { ApplicationStarted.IsCancellationRequested: false }) return HealthCheckResult.Healthy("The service is starting.");
        var client = workers();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            over.CancelAfter(patience);
            var unhandled = await client.ListUnhandledAsync(over.Token).ConfigureAwait(false);
            return unhandled.Count == 0
                ? HealthCheckResult.Healthy("Every task that waits has a worker.")
                : HealthCheckResult.Healthy($"Tasks that wait and no worker handles: {unhandled.Count}.", Data(unhandled));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Healthy($"It is not known which tasks wait: {e.Message}");
        }
    }

    private static Dictionary<string, object> Data(IReadOnlyList<UnhandledTask> unhandled) =>
        unhandled.Take(MaxTasks).ToDictionary(task => $"{task.Task} on {task.Queue}", object (task) => task.ToString(), StringComparer.Ordinal);
}

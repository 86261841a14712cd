using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Jobs.Core;

/// <summary>
/// Live means: every partition that is served here takes its turn. A store that is away changes nothing about that; to start the process anew
/// would not bring it back.
/// </summary>
internal sealed class JobsLiveCheck(Func<IJobsPulse> pulse, TimeSpan patience) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var service = pulse();
        var turns = service.Served.Select(runner => (runner.Key, Turn: TakeTurnAsync(runner))).ToList();
        try
        {
            await Task.WhenAll(turns.Select(t => t.Turn)).WaitAsync(patience, service.Clock, cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy($"{turns.Count} partitions take their turns.");
        }
        catch (TimeoutException)
        {
            var stuck = turns.Where(t => !t.Turn.IsCompleted).Select(t => t.Key);
            return new HealthCheckResult(
                context.Registration.FailureStatus,
                $"No turn for {patience.TotalSeconds} seconds: {string.Join(", ", stuck)}. An observer, codec or middleware may block there.");
        }
    }

    /// <summary>On the thread pool, because whoever posts may have to work for the partition.</summary>
    private static Task TakeTurnAsync(PartitionRunner runner) => Task.Run(() =>
    {
        var turn = new PartitionMail.Barrier();
        runner.Post(turn);
        return turn.Passed;
    });
}

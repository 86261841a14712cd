using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Jobs.Core;

/// <summary>Ready means: the application has started and does not stop, and no loop of the service fails or is stuck.</summary>
internal sealed class JobsReadyCheck(Func<IJobsHealth> health, IHostApplicationLifetime? lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.FromResult(Check(context.Registration.FailureStatus));
    }

    private HealthCheckResult Check(HealthStatus failure)
    {
        if (lifetime is { ApplicationStarted.IsCancellationRequested: false }) return new HealthCheckResult(failure, "The service is starting.");
        if (lifetime is { ApplicationStopping.IsCancellationRequested: true }) return new HealthCheckResult(failure, "The service is stopping.");
        var service = health();
        if (service.IsHealthy) return HealthCheckResult.Healthy("Every loop is well.");
        var failing = service.Loops.Where(loop => loop.IsFailing).ToList();
        var busy = service.Loops.FirstOrDefault(loop => loop.BusySince is not null);
        var text = failing.Count > 0 ? string.Join("; ", failing)
            : busy is null ? "It has just become well again." : $"{busy.Loop} has waited for the store since {busy.BusySince:O}.";
        return new HealthCheckResult(failure, text, failing.FirstOrDefault()?.LastError);
    }
}

using Jobs.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Jobs;

/// <summary>Lets the application's health checks ask the job service.</summary>
public static class JobsHealthChecksExtensions
{
    /// <summary>The tag of the check that tells whether the service can work.</summary>
    public const string ReadyTag = "ready";

    /// <summary>The tag of the check that tells whether the process should go on living.</summary>
    public const string LiveTag = "live";

    /// <summary>The tag of the check that tells which tasks nobody handles.</summary>
    public const string WorkersTag = "workers";

    /// <summary>
    /// Adds three checks of the job service in this process, embedded or a silo. <c>jobs</c>, with the tag <see cref="ReadyTag"/>, fails while the
    /// service starts or stops, while a loop of it fails (<see cref="IJobsHealth"/>), and while a commit takes longer than
    /// <see cref="IJobsHealth.StuckAfter"/>. <c>jobs-live</c>, with the tag <see cref="LiveTag"/>, fails only if a partition does not take its
    /// turn for so long as <paramref name="patience"/> says; a database that is away does not matter to it. <c>jobs-workers</c>, with the tag
    /// <see cref="WorkersTag"/>, never fails: its data are the tasks that wait and that no living worker handles
    /// (<see cref="IWorkerClient.ListUnhandledAsync"/>), the first 100 of them, each as a text under <c>task on queue</c>. In a cluster it asks all
    /// silos, so a probe of one process should ask for the other tags.
    /// </summary>
    /// <param name="builder">The application's checks.</param>
    /// <param name="failureStatus">What a failing check reports; default <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="patience">How long the live check waits for a turn of each partition, and the workers' check for what waits; default 5 seconds.</param>
    public static IHealthChecksBuilder AddJobs(this IHealthChecksBuilder builder, HealthStatus? failureStatus = null, TimeSpan? patience = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var wait = patience ?? TimeSpan.FromSeconds(5);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(wait, TimeSpan.Zero, nameof(patience));
        return builder
            .Add(new HealthCheckRegistration(
                "jobs",
                services => new JobsReadyCheck(() => Require<IJobsHealth>(services), services.GetService<IHostApplicationLifetime>()),
                failureStatus,
                [ReadyTag]))
            .Add(new HealthCheckRegistration(
                "jobs-live", services => new JobsLiveCheck(() => Require<IJobsPulse>(services), wait), failureStatus, [LiveTag]))
            .Add(new HealthCheckRegistration(
                "jobs-workers",
                services => new JobsWorkersCheck(() => Require<IJobClient>(services).Workers, services.GetService<IHostApplicationLifetime>(), wait),
                failureStatus,
                [WorkersTag]));
    }

    private static T Require<T>(IServiceProvider services)
        where T : class => services.GetService<T>()
        ?? throw new InvalidOperationException("There is no job service in this process. Call AddJobs on the services, or on the silo, too.");
}

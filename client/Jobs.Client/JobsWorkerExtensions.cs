using Jobs.Client.Workers;
using Jobs.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;

namespace Jobs;

/// <summary>Makes a process that is a client of a cluster run jobs.</summary>
public static class JobsWorkerExtensions
{
    /// <summary>How long a worker outside of the silos may be silent before its jobs run elsewhere.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Runs jobs of the cluster in this process, which starts and drains with the application's host; adds the client too
    /// (<see cref="JobsClientExtensions.AddJobsClient"/>). It takes jobs of the tasks it has handlers for, on the queues that are described here or
    /// named by those tasks, and on the default queue, as many at a time as each queue's <see cref="QueueOptions.Concurrency"/> says.
    /// </summary>
    /// <param name="services">The application's services; they must have an Orleans client.</param>
    /// <param name="configure">
    /// Handlers, queues, middleware, the worker's name (to which a part is added that no other process has). What concerns partitions and stores is
    /// the silos' and is not looked at.
    /// </param>
    /// <exception cref="InvalidOperationException">The process has a worker already.</exception>
    /// <exception cref="TransactionsNotKeptException">
    /// A handler writes in a transaction with its job, which only the owner of the partition can commit. Thrown when the host starts.
    /// </exception>
    public static IServiceCollection AddJobsWorker(this IServiceCollection services, Action<JobsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(s => s.ServiceType == typeof(JobsWorker)))
            throw new InvalidOperationException("AddJobsWorker was called before. Describe the whole worker in one call, or use IJobModule for parts of it.");
        services.AddJobsClient();
        var builder = new JobsBuilder { OnUnknownTask = UnknownTaskPolicy.Hold };
        configure(builder);
        services.AddSingleton(provider => new JobsWorker(
            builder.BuildSettings(provider), provider.GetRequiredService<IGrainFactory>(), provider.GetRequiredService<IJobClient>(),
            LinkTimes.Default with { KeepIdle = null, Heartbeat = Heartbeat }));
        services.TryAddSingleton<ITaskRegistry>(provider => provider.GetRequiredService<JobsWorker>().Registry);
        services.AddHostedService<JobsWorkerHost>();
        return services;
    }
}

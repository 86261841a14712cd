using Jobs.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Jobs;

/// <summary>Adds the job service to an application.</summary>
public static class JobsServiceCollectionExtensions
{
    /// <summary>
    /// Adds a job service that lives in the application's process, starts and drains with its host, and offers
    /// <see cref="IJobClient"/>, <see cref="IScheduleClient"/>, <see cref="IPauseClient"/>, <see cref="ITopicPublisher"/>, <see cref="ITaskRegistry"/>,
    /// <see cref="IJobsHealth"/> and <see cref="IJobsControl"/> as services.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">The store, the queues, the handlers; without a store, jobs are kept in memory.</param>
    /// <exception cref="InvalidOperationException">The application has a job service already.</exception>
    public static IServiceCollection AddJobs(this IServiceCollection services, Action<JobsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(s => s.ServiceType == typeof(EmbeddedEngine)))
            throw new InvalidOperationException("AddJobs was called before. Describe the whole service in one call, or use IJobModule for parts of it.");
        var builder = new JobsBuilder();
        configure(builder);
        if (builder.Statistics is { } statistics) services.AddSingleton(statistics);
        services.TryAddSingleton(TimeProvider.System);
        var isBeingMade = false;
        services.AddSingleton(provider =>
        {
            // The container lets a singleton's factory ask for the singleton itself, and then hangs without a word.
            if (isBeingMade)
            {
                throw new InvalidOperationException(
                    "A module, middleware, observer or store asked for IJobClient or ITaskRegistry while the job service that needs it is being "
                    + "made. Take IServiceProvider instead, and resolve the client when it is used.");
            }

            isBeingMade = true;
            try
            {
                return builder.Build(provider);
            }
            finally
            {
                isBeingMade = false;
            }
        });
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedEngine>().Client);
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedEngine>().Client.Schedules);
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedEngine>().Client.Pauses);
        services.AddSingleton<ITopicPublisher>(provider => provider.GetRequiredService<EmbeddedEngine>().Client.Topics);
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedEngine>().Registry);
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedEngine>().Health);
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedEngine>().Control);
        services.AddSingleton<IJobsPulse>(provider => provider.GetRequiredService<EmbeddedEngine>());
        services.AddHostedService<JobsHostedService>();
        return services;
    }
}

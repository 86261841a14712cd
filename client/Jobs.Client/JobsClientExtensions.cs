using Jobs.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;
using Orleans.Configuration;

namespace Jobs;

/// <summary>Makes the job client of a cluster one of the application's services.</summary>
public static class JobsClientExtensions
{
    /// <summary>Adds <see cref="IJobClient"/>, which calls the cluster through the application's Orleans client or silo.</summary>
    /// <param name="services">The application's services; they must have an Orleans client or a silo.</param>
    /// <param name="configure">Codec, time-outs, repeats.</param>
    /// <exception cref="InvalidJobOptionException">An option makes no sense.</exception>
    public static IServiceCollection AddJobsClient(this IServiceCollection services, Action<JobsClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = new JobsClientOptions();
        configure?.Invoke(options);
        options.Checked();
        services.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = options.ResponseTimeout);
        services.TryAddSingleton(provider => new ClusterJobClient(provider.GetRequiredService<IGrainFactory>(), options, provider));
        services.TryAddSingleton<IJobClient>(provider => provider.GetRequiredService<ClusterJobClient>());
        services.TryAddSingleton<ITopicPublisher>(provider => provider.GetRequiredService<ClusterJobClient>().Topics);
        services.AddHostedService(provider => new ClientListening(provider.GetRequiredService<ClusterJobClient>(), options));
        return services;
    }
}

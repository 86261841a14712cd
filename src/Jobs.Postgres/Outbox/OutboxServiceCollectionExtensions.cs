using Jobs.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs;

/// <summary>Drains an outbox in an application's process.</summary>
public static class OutboxServiceCollectionExtensions
{
    /// <summary>Drains an outbox with the application's <see cref="IJobClient"/> while the application runs. May be called for several outboxes.</summary>
    /// <param name="services">The application's services; call this after what adds the client.</param>
    /// <param name="connectionString">The database that holds the outbox.</param>
    /// <param name="configure">The table, and which kinds become which tasks.</param>
    /// <param name="schema">The schema of the jobs, as for <see cref="TransactionalEnqueueExtensions.InTransaction"/>.</param>
    public static IServiceCollection AddOutboxDrain(
        this IServiceCollection services, string connectionString, Action<OutboxOptions> configure, string? schema = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddSingleton<IHostedService>(provider => new OutboxService(() => new OutboxDrain(
            connectionString,
            provider.GetRequiredService<IJobClient>(),
            options =>
            {
                options.Log = provider.GetService<ILoggerFactory>()?.CreateLogger("Jobs.Outbox");
                configure(options);
            },
            schema)));
    }
}

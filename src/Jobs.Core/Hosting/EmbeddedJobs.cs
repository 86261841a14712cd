using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Core;

/// <summary>The job service without a host, for small programs and tests.</summary>
public static class EmbeddedJobs
{
    /// <summary>Makes and starts a service; dispose it to drain and stop.</summary>
    /// <param name="configure">The store, the queues, the handlers; without a store, jobs are kept in memory.</param>
    /// <param name="services">The services that handlers get; default none.</param>
    /// <param name="cancellation">Gives up starting.</param>
    public static async Task<EmbeddedEngine> StartAsync(
        Action<JobsBuilder> configure, IServiceProvider? services = null, CancellationToken cancellation = default)
    {
        var engine = Create(configure, services);
        await engine.StartAsync(cancellation).ConfigureAwait(false);
        return engine;
    }

    /// <summary>Makes a service that is not started yet.</summary>
    public static EmbeddedEngine Create(Action<JobsBuilder> configure, IServiceProvider? services = null)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var builder = new JobsBuilder();
        configure(builder);
        return builder.Build(services ?? new ServiceCollection().BuildServiceProvider());
    }
}

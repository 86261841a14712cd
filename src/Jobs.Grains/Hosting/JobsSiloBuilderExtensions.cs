using Jobs.Client;
using Jobs.Core;
using Jobs.Grains.Hosting;
using Jobs.Grains.Limits;
using Jobs.Grains.Node;
using Jobs.Grains.Placement;
using Jobs.Grains.Schedules;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Jobs;

/// <summary>Makes a silo serve jobs.</summary>
public static class JobsSiloBuilderExtensions
{
    /// <summary>
    /// Adds the job service to a silo: its queues' partitions, its handlers, and <see cref="IJobClient"/> for whoever is in the same
    /// process. Tasks without a handler wait, unless <see cref="JobsBuilder.OnUnknownTask"/> says otherwise.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="configure">
    /// The store, the queues, the handlers. All silos of a cluster need the same store, and the same options of a queue; without a store,
    /// jobs are kept in memory, which is for a single silo.
    /// </param>
    /// <exception cref="InvalidOperationException">The silo has a job service already.</exception>
    public static ISiloBuilder AddJobs(this ISiloBuilder silo, Action<JobsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(configure);
        var services = silo.Services;
        if (services.Any(s => s.ServiceType == typeof(SiloNode)))
            throw new InvalidOperationException("AddJobs was called before. Describe the whole service in one call, or use IJobModule for parts of it.");
        var builder = new JobsBuilder { OnUnknownTask = UnknownTaskPolicy.Hold };
        configure(builder);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new SiloNode(builder.BuildSettings(provider)));
        services.AddSingleton(MakeClient);
        services.AddSingleton<IJobClient>(provider => provider.GetRequiredService<ClusterJobClient>());
        services.AddSingleton<ITopicPublisher>(provider => provider.GetRequiredService<ClusterJobClient>().Topics);
        services.AddSingleton<ITaskRegistry>(provider => provider.GetRequiredService<SiloNode>().Settings.Registry);
        services.TryAddSingleton(GrainTimes.Default);
        services.AddSingleton<GrainReminders>();
        services.AddSingleton(provider => provider.GetRequiredService<SiloNode>().Control);
        services.AddSingleton<IJobsHealth>(provider => provider.GetRequiredService<SiloNode>().Health);
        services.AddSingleton<IJobsPulse>(provider => provider.GetRequiredService<SiloNode>());
        services.AddSingleton<SiloMembers>();
        services.AddSingleton<GrainPlaces>();
        services.AddPlacementDirector<EvenPlacement, EvenPlacementDirector>();
        services.AddSingleton<PartitionKeeper>();
        services.AddSingleton<PartitionHandover>();
        services.AddSingleton<PartitionBalancer>();
        services.AddSingleton<MoveRehearsal>();
        services.AddSingleton<ClusterScheduleHost>();
        services.AddSingleton<NodeServiceClient>();
        services.AddSingleton<SiloWatch>();
        services.AddSingleton<WorkerCalls>();
        services.AddSingleton<WorkerCensus>();
        services.AddSingleton<LimitExchange>();
        services.AddSingleton<NodeSchedules>();
        services.AddSingleton<NodeTopics>();
        services.AddGrainService<NodeService>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, NodeLifecycle>();
        return silo;
    }

    private static ClusterJobClient MakeClient(IServiceProvider services)
    {
        var settings = services.GetRequiredService<SiloNode>().Settings;
        var options = new JobsClientOptions
        {
            Codec = settings.Codec,
            Clock = settings.Clock,
            CodeVersion = settings.CodeVersion,
            ConsumerName = settings.WorkerName,
            DrainTime = settings.DrainTime,
            StopTime = settings.StopTime,
        };
        foreach (var middleware in settings.EnqueueMiddleware) options.EnqueueMiddleware.Add(middleware);
        return new ClusterJobClient(services.GetRequiredService<IClusterClient>(), options, settings.Services);
    }
}

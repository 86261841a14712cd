using Jobs.Client;
using Jobs.Conformance;
using Jobs.Core;
using Jobs.Grains.Hosting;
using Jobs.Grains.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>
/// Three silos in this process that serve jobs from one store, and a client outside of them. Who listens to topics does so beside the client,
/// as in a program whose handlers are elsewhere; each of three silos would get every message.
/// </summary>
internal sealed class TestSilos : ITestEngine
{
    internal const short Silos = 3;

    private const int CachedGrains = 1000;

    private readonly TaskCompletionSource<IJobClient> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _clock;
    private readonly IReadOnlyList<Action<ITopicClient>> _listeners;
    private readonly IServiceProvider? _services;
    private ClusterJobClient? _client;
    private AllControls? _control;
    private bool _isStarting;
    private bool _isStopped;

    /// <param name="configure">What every silo's service is.</param>
    /// <param name="store">The store of a silo.</param>
    /// <param name="clock">The time of jobs; silos and calls have the system's.</param>
    /// <param name="services">The services that handlers get; null means the silo's own.</param>
    /// <param name="more">What else the silos have.</param>
    /// <param name="siloListeners">Whether the silos listen, and not the client's process.</param>
    internal TestSilos(
        Action<JobsBuilder> configure, Func<IJobStore> store, TimeProvider clock, IServiceProvider? services = null, Action<ISiloBuilder>? more = null,
        bool siloListeners = false)
    {
        _clock = clock;
        _services = services;
        var listeners = Check(configure, store).Listeners;
        _listeners = siloListeners ? [] : listeners;
        var turn = new SemaphoreSlim(1);
        var builder = new InProcessTestClusterBuilder(Silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((options, silo) =>
        {
            silo.Services.AddLogging(log => log.ClearProviders());

            // By default each silo begins with room for a million grains, which is all that the collector then has to do.
            silo.Configure<GrainDirectoryOptions>(directory => directory.CacheSize = CachedGrains);
            silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(_ => new MembershipTurns(turn));
            more?.Invoke(silo);

            // Partitions stay where a test has put them, unless it says otherwise.
            silo.Services.TryAddSingleton(GrainTimes.Default with { Settling = Timeout.InfiniteTimeSpan });
            JobsBuilder? described = null;
            silo.AddJobs(jobs =>
            {
                described = jobs;
                jobs.UseStore(_ => store());
                configure(jobs);
                jobs.WorkerName ??= options.SiloName;
            });
            silo.Services.Replace(ServiceDescriptor.Singleton(own =>
                new SiloNode(described!.BuildSettings(services ?? own) with { Listeners = siloListeners ? listeners : [] })));
        });
        builder.ConfigureClient(client => client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(10)));
        Cluster = builder.Build();
    }

    public IJobClient Client => _started.Task.IsCompletedSuccessfully
        ? _started.Task.Result
        : new ClientToBe(_isStarting ? _started.Task : Task.FromException<IJobClient>(new ServiceStoppedException("be called")));

    public ITaskRegistry Registry => new AllRegistries([.. Nodes.Select(n => n.Settings.Registry)]);

    public IJobsControl Control => _control ?? throw new InvalidOperationException("The cluster has not started.");

    internal IGrainFactory Grains => Cluster.Client;

    internal InProcessTestCluster Cluster { get; }

    internal IEnumerable<SiloNode> Nodes => Cluster.Silos.Select(s => s.ServiceProvider.GetRequiredService<SiloNode>());

    public async Task StartAsync()
    {
        if (_isStopped) throw new ServiceStoppedException("start again");
        if (_isStarting) return;
        _isStarting = true;
        await Cluster.DeployAsync();
        _control = new AllControls([.. Nodes.Select(n => n.Control)]);
        var settings = Nodes.First().Settings;
        var options = new JobsClientOptions
        {
            Clock = _clock,
            Codec = settings.Codec,
            CodeVersion = settings.CodeVersion,
            DrainTime = settings.DrainTime,
            StopTime = settings.StopTime,
        };
        foreach (var middleware in settings.EnqueueMiddleware) options.EnqueueMiddleware.Add(middleware);
        _client = new ClusterJobClient(Cluster.Client, options, _services);
        foreach (var listen in _listeners) listen(_client.Topics);
        _started.SetResult(_client);
    }

    public async Task StopAsync(CancellationToken cancellation = default)
    {
        if (_isStopped) return;
        _isStopped = true;
        if (_client is not null) await _client.TopicClient.StopAsync(Nodes.First().Settings.DrainTime);

        // One by one, and not by the cluster, which would take the client away first.
        await Task.WhenAll(Cluster.Silos.Select(silo => silo.StopSiloAsync(cancellation)));
        if (_isStarting) await Cluster.StopClusterClientAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();

        // Everything has stopped already; but the process holds on to a cluster that is not told to stop, and to all that its silos had.
        await Cluster.StopAllSilosAsync();
        await Cluster.DisposeAsync();
    }

    /// <summary>What is described wrongly is refused at once, and not when the silos start.</summary>
    private static EngineSettings Check(Action<JobsBuilder> configure, Func<IJobStore> store)
    {
        using var nothing = new ServiceCollection().BuildServiceProvider();
        var trial = new JobsBuilder();
        trial.UseStore(_ => store());
        configure(trial);
        var settings = trial.BuildSettings(nothing);
        _ = settings.Store.DisposeAsync().AsTask();
        return settings;
    }
}

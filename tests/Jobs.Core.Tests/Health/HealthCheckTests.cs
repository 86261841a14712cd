using Jobs.Conformance;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Jobs.Core.Tests.Health;

/// <summary>What the application's health checks say of the job service.</summary>
public sealed class HealthCheckTests : IAsyncDisposable
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");

    private static readonly TaskDefinition<string> Other = TaskDefinition.Create<string>("other");

    private readonly ManualClock _clock = new();
    private readonly OutageStore _store = new(new InMemoryJobStore());
    private readonly BlockingObserver _observer = new();
    private IHost? _host;

    public async ValueTask DisposeAsync()
    {
        _observer.LetGo();
        if (_host is not null) await _host.StopAsync().Soon();
        _host?.Dispose();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task It_is_ready_from_the_end_of_the_start_to_the_stop()
    {
        var host = Build();
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(JobsHealthChecksExtensions.ReadyTag)).Status);
        await host.StartAsync().Soon();
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(JobsHealthChecksExtensions.ReadyTag)).Status);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(JobsHealthChecksExtensions.LiveTag)).Status);
        await host.StopAsync().Soon();
        Assert.Equal("The service is stopping.", (await CheckAsync(JobsHealthChecksExtensions.ReadyTag)).Description);
    }

    [Fact]
    public async Task A_store_that_is_away_makes_it_not_ready_and_leaves_it_alive()
    {
        var host = Build();
        await host.StartAsync().Soon();
        _store.IsAway = true;
        await Assert.ThrowsAnyAsync<Exception>(() => host.Services.GetRequiredService<IJobClient>().EnqueueAsync(Work, "x").AsTask());
        var ready = await CheckAsync(JobsHealthChecksExtensions.ReadyTag);
        Assert.Equal(HealthStatus.Unhealthy, ready.Status);
        Assert.Contains("Commit", ready.Description, StringComparison.Ordinal);
        Assert.IsType<StoreUnavailableException>(ready.Exception);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(JobsHealthChecksExtensions.LiveTag)).Status);

        _store.IsAway = false;
        var health = host.Services.GetRequiredService<IJobsHealth>();
        await host.Services.GetRequiredService<IJobClient>().EnqueueAsync(Work, "y").Soon();
        while (!health.IsHealthy)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(JobsHealthChecksExtensions.ReadyTag)).Status);
    }

    [Fact]
    public async Task A_partition_that_takes_no_turn_makes_it_not_alive()
    {
        var host = Build();
        await host.StartAsync().Soon();
        _observer.Block();
        var enqueue = Task.Run(() => host.Services.GetRequiredService<IJobClient>().EnqueueAsync(Work, "x").AsTask());
        await _observer.Blocked.Soon();
        var checking = CheckAsync(JobsHealthChecksExtensions.LiveTag);
        while (!checking.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        var live = await checking;
        Assert.Equal(HealthStatus.Unhealthy, live.Status);
        Assert.Contains("default/0", live.Description, StringComparison.Ordinal);
        _observer.LetGo();
        await enqueue.Soon();
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(JobsHealthChecksExtensions.LiveTag)).Status);
    }

    [Fact]
    public async Task What_waits_that_nobody_handles_is_told_and_is_no_failure()
    {
        var host = Build();
        Assert.Equal("The service is starting.", (await CheckAsync(JobsHealthChecksExtensions.WorkersTag)).Description);
        await host.StartAsync().Soon();
        var client = host.Services.GetRequiredService<IJobClient>();
        var none = await CheckAsync(JobsHealthChecksExtensions.WorkersTag);
        Assert.Equal((HealthStatus.Healthy, 0), (none.Status, none.Data.Count));
        await client.EnqueueAsync(Other, "x").Soon();
        var some = await CheckAsync(JobsHealthChecksExtensions.WorkersTag);
        Assert.Equal((HealthStatus.Healthy, "Tasks that wait and no worker handles: 1."), (some.Status, some.Description));
        var (key, value) = Assert.Single(some.Data);
        Assert.Equal("other on default", key);
        Assert.StartsWith("other on default: 1 jobs since ", (string)value, StringComparison.Ordinal);
        await host.StopAsync().Soon();
        var gone = await CheckAsync(JobsHealthChecksExtensions.WorkersTag);
        Assert.Equal(HealthStatus.Healthy, gone.Status);
        Assert.Contains("not known", gone.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_job_service_the_checks_say_so()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddHealthChecks().AddJobs(HealthStatus.Degraded);
        await using var provider = services.BuildServiceProvider();
        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync().Soon();
        Assert.Equal(["jobs", "jobs-live", "jobs-workers"], report.Entries.Keys.Order());
        Assert.All(report.Entries.Values, entry => Assert.Contains("Call AddJobs", entry.Exception!.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_patience_of_nothing_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ServiceCollection().AddHealthChecks().AddJobs(patience: TimeSpan.Zero));

    private IHost Build()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddJobs(b =>
        {
            b.Clock = _clock;
            b.DrainTime = b.StopTime = TimeSpan.Zero;
            b.UseStore(_ => _store).AddObserver(_observer).Accept(Other).Handle(Work, (_, _) => Task.CompletedTask);
        });
        builder.Services.AddHealthChecks().AddJobs();
        return _host = builder.Build();
    }

    private async Task<HealthReportEntry> CheckAsync(string tag)
    {
        var report = await _host!.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains(tag)).Soon();
        return Assert.Single(report.Entries).Value;
    }

    /// <summary>Is called on the turn of a partition, and does what it must not.</summary>
    private sealed class BlockingObserver : IJobObserver
    {
        private readonly TaskCompletionSource _gate = new();
        private volatile bool _blocks;
        private readonly TaskCompletionSource _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task Blocked => _blocked.Task;

        public void Enqueued(JobSnapshot job)
        {
            if (!_blocks) return;
            _blocked.TrySetResult();
            _gate.Task.GetAwaiter().GetResult();
        }

        internal void Block() => _blocks = true;

        internal void LetGo() => _gate.TrySetResult();
    }
}

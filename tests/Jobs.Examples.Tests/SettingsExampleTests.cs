using Jobs.Conformance;
using Jobs.Core;
using Jobs.Examples.Tasks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Examples.Tests;

/// <summary>Seed 002: settings come from a file, the environment and the command line, the later one winning, as a host reads them.</summary>
public sealed class SettingsExampleTests
{
    [Fact]
    public async Task The_service_is_described_by_the_configuration_of_its_host()
    {
        var host = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        host.Configuration
            .AddInMemoryCollection(Said(("Jobs:Concurrency", "2"), ("Jobs:RetryBaseSeconds", "30"), ("Jobs:Worker", "of-file")))
            .AddInMemoryCollection(Said(("Jobs:Worker", "of-environment")))
            .AddCommandLine(["--Jobs:RetryBaseSeconds=7"]);
        host.Services.AddJobs(jobs => Describe(jobs, host.Configuration.GetSection("Jobs")));
        using var app = host.Build();
        await app.StartAsync().Soon();
        var client = app.Services.GetRequiredService<IJobClient>();

        var photo = new Photo("lake", 0, 1);
        var job = await client.EnqueueAsync(PhotoStudio.Measure, photo, o => o.Backoff = BackoffOf(host.Configuration.GetSection("Jobs"))).Soon();
        while ((await job.GetAsync().Soon()).State is JobState.Pending or JobState.Running) await Task.Yield();

        var waiting = await job.GetAsync().Soon();
        var delay = waiting.RunAt - waiting.LastError!.At;
        Assert.Equal((JobState.Retrying, "of-environment", 7), (waiting.State, waiting.Worker, (int)Math.Round(delay.TotalSeconds)));
        await app.StopAsync().Soon();
    }

    private static void Describe(JobsBuilder jobs, IConfiguration settings)
    {
        jobs.WorkerName = settings["Worker"];
        jobs.Queue(QueueName.Default, q => q.Concurrency = settings.GetValue("Concurrency", 10));
        jobs.AddModule(new PhotoStudio());
    }

    /// <summary>In place of a file and of the environment, which tests leave alone.</summary>
    private static Dictionary<string, string?> Said(params (string Name, string? Value)[] settings) => settings.ToDictionary(s => s.Name, s => s.Value);

    private static RetryPolicy BackoffOf(IConfiguration settings) => RetryPolicy.Exponential(TimeSpan.FromSeconds(settings.GetValue("RetryBaseSeconds", 5.0)));
}

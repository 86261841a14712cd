using System.Net;
using Jobs.Conformance;
using Jobs.Postgres.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Cluster.Tests.Silo;

/// <summary>The silo program as its users have it: a process, its arguments, its signals.</summary>
public sealed class SiloTests(PostgresFixture postgres)
{
    private static readonly TaskDefinition<string> Mail = TaskDefinition.Create<string>("send-email");

    [Fact]
    public async Task A_silo_without_a_database_takes_jobs_tells_its_health_and_stops_in_order()
    {
        var (silo, gateway, health) = (SiloRun.FreePort(), SiloRun.FreePort(), SiloRun.FreePort());
        using var run = SiloRun.Start("--silo-port", silo, "--gateway-port", gateway, "--urls", $"http://127.0.0.1:{health}");
        await run.ReadToAsync("The silo serves clients at");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{health}") };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/live").Soon()).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/ready").Soon()).StatusCode);

        using (var host = Client(int.Parse(gateway, System.Globalization.CultureInfo.InvariantCulture)))
        {
            await host.StartAsync().Soon();
            var client = host.Services.GetRequiredService<IJobClient>();
            var handle = await client.EnqueueAsync(Mail, "x@y.com", job => job.WithTag("red")).Soon();
            var job = await handle.GetAsync().Soon();
            Assert.Equal((JobState.Pending, "send-email", "red"), (job.State, job.Task, Assert.Single(job.Tags)));
            Assert.Equal(JobState.Cancelled, (await handle.CancelAsync().Soon()).State);
            await host.StopAsync().Soon();
        }

        run.Terminate();
        Assert.Equal(0, await run.ExitCodeAsync());
    }

    [Fact]
    public async Task One_command_sets_up_the_database_and_the_silo_serves_from_it()
    {
        var schema = PostgresFixture.NewSchema();
        string[] database = ["--postgres", postgres.Require(), "--schema", schema];
        var first = await SiloRun.RunAsync(["migrate", .. database]);
        Assert.Equal((0, ""), (first.ExitCode, first.Errors));
        Assert.Contains("applied orleans_0003_storage", first.Output, StringComparison.Ordinal);
        var second = await SiloRun.RunAsync(["migrate", .. database]);
        Assert.Equal((0, $"The schema {schema} is up to date."), (second.ExitCode, second.Output));

        string[] ports = ["--silo-port", SiloRun.FreePort(), "--gateway-port", SiloRun.FreePort(), "--urls", $"http://127.0.0.1:{SiloRun.FreePort()}"];
        using var run = SiloRun.Start([.. database, .. ports]);
        await run.ReadToAsync("The silo serves clients at");
        run.Terminate();
        Assert.Equal(0, await run.ExitCodeAsync());
        await postgres.DropAsync(schema);
    }

    [Theory]
    [InlineData("--silo-port", "0", "Jobs:SiloPort is '0'. Use a whole number from 1 to 65535.")]
    [InlineData("--address", "here", "Jobs:Address is 'here'. Use the IP address")]
    [InlineData("migrate", "--schema=x", "migrate needs --postgres.")]
    public async Task What_cannot_be_understood_is_said_with_the_remedy(string first, string second, string message)
    {
        var run = await SiloRun.RunAsync(first, second);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(message, run.Errors, StringComparison.Ordinal);
        Assert.Contains("usage:", run.Errors, StringComparison.Ordinal);
    }

    private static IHost Client(int gateway)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client.UseLocalhostClustering(gateway, "jobs", "jobs"));
        builder.Services.AddJobsClient();
        return builder.Build();
    }
}

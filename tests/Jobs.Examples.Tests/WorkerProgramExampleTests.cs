using Jobs.Conformance;
using Jobs.Core;
using Jobs.Examples.Topics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Examples.Tests;

/// <summary>Seed 000: a program without a web server that serves jobs, or runs one of its own commands.</summary>
public sealed class WorkerProgramExampleTests
{
    private readonly NoticeBoard _board = new();

    [Fact]
    public async Task A_program_serves_or_runs_one_of_its_commands()
    {
        using var serving = new CancellationTokenSource();
        var run = MainAsync([], serving.Token);
        Assert.Equal(["hello, read 1 times"], await _board.Filed.Reaches(1).Soon());
        await serving.CancelAsync();
        Assert.Equal(0, await run.Soon());

        Assert.Equal(0, await MainAsync(["pin", "lunch"], CancellationToken.None).Soon());
        await _board.Filed.Reaches(2).Soon();
        Assert.Equal(2, await MainAsync(["unknown"], CancellationToken.None).Soon());
    }

    /// <summary>What such a program's main function does.</summary>
    private async Task<int> MainAsync(string[] args, CancellationToken stop)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddJobs(_board.Describe);
        if (args.Length == 0) builder.Services.AddHostedService<Greeter>();
        return await builder.Build().RunJobsAsync(
            args,
            new AdminCommands().AddWhileServing("pin", "Pins a headline to the board.", async (services, words, cancelled) =>
            {
                var receipt = await services.GetRequiredService<IJobClient>().PublishAsync(NoticeBoard.Board, new News(words[0]), cancellation: cancelled);
                foreach (var job in receipt.Jobs) await job.CompletionAsync(cancellation: cancelled);
            }),
            TextWriter.Null,
            TextWriter.Null,
            stop);
    }

    private sealed class Greeter(IJobClient jobs) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken) => await NoticeBoard.PinAsync(jobs, "hello");
    }
}

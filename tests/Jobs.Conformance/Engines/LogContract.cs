using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jobs.Conformance.Engines;

/// <summary>What is logged of jobs: how their attempts ended, and under which name their handlers log.</summary>
public abstract class LogContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private readonly RecordingLog _log = new();

    [Fact]
    public async Task How_attempts_end_is_logged()
    {
        var held = new HeldHandler();
        var client = await StartLoggingAsync(b => b
            .Handle(Other, held.RunAsync)
            .Handle(Work, (text, job) => Task.FromResult(text switch
            {
                "retried" when job.Attempt == 1 => JobOutcome.Retry("not yet", TimeSpan.Zero),
                "later" when job.EnqueuedAt == Now => JobOutcome.RescheduleAfter(Minute),
                "dead" => throw new FormatException("hopeless"),
                "dropped" => JobOutcome.Discard("too late"),
                _ => JobOutcome.Done(),
            })));
        var slow = await client.EnqueueAsync(Other, "x", o => o.RequestId = "req-7").Soon();
        await held.Runs.Reaches(1).Soon();
        Clock.Advance(5 * Second);
        held.Release();
        await EndOf(slow);
        var ids = new Dictionary<string, JobId>();
        foreach (var text in (string[])["retried", "dead", "dropped", "later"])
        {
            var job = await client.EnqueueAsync(Work, text, o => o.MaxAttempts = text == "dead" ? 1 : 2).Soon();
            ids[text] = job.Id;
            await (text == "later" ? Waits(job) : EndOf(job));
        }

        // Six attempts start; one job is completed at once, one at its second attempt, and each of the others logs its end.
        var ends = await UntilAsync(6);
        var completed = Assert.Single(ends, e => Is(e, slow.Id));
        Assert.Equal((LogLevel.Debug, "other", "req-7"), (completed.Level, completed.Values["Task"], completed.Values["RequestId"]));
        Assert.Equal(5000L, completed.Values["DurationMs"]);
        Assert.Equal([LogLevel.Warning, LogLevel.Debug], ends.Where(e => Is(e, ids["retried"])).Select(e => e.Level));
        Assert.Equal("not yet", ends.First(e => Is(e, ids["retried"])).Values["ErrorMessage"]);
        var dead = Assert.Single(ends, e => Is(e, ids["dead"]));
        Assert.Equal((LogLevel.Error, typeof(FormatException).FullName, "hopeless"), (dead.Level, dead.Values["ErrorType"], dead.Values["ErrorMessage"]));
        Assert.Equal(0L, dead.Values["DurationMs"]);
        var dropped = Assert.Single(ends, e => Is(e, ids["dropped"]));
        Assert.Equal((LogLevel.Information, "too late"), (dropped.Level, dropped.Values["Reason"]));
        Assert.Equal(LogLevel.Debug, Assert.Single(ends, e => Is(e, ids["later"])).Level);
    }

    [Fact]
    public async Task What_a_handler_logs_belongs_to_its_job()
    {
        var client = await StartLoggingAsync(b =>
        {
            b.WorkerName = "worker-7";
            b.Handle(Work, async (_, job) =>
            {
                await Task.Yield();
                var log = job.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Mine");
                log.Log(LogLevel.Information, 900, "own line", null, static (line, _) => line);
            });
        });
        var handle = await client.EnqueueAsync(Work, "x", o => o.RequestId = "req-7").Soon();
        await EndOf(handle);
        var scope = Assert.Single(_log.Entries.Items, e => e.Event == 900).Scoped;
        Assert.Equal(
            (handle.Id.ToString(), "work", "default", 1, "req-7", "worker-7"),
            (scope["JobId"], scope["Task"], scope["Queue"], scope["Attempt"], scope["RequestId"], scope["Worker"]));
    }

    private static bool Is(LogEntry entry, JobId id) => Equals(entry.Values["JobId"], id);

    private async Task<IJobClient> StartLoggingAsync(Action<Core.JobsBuilder> configure)
    {
        var services = new ServiceCollection().AddSingleton<ILoggerFactory>(_log).BuildServiceProvider();
        return await StartClientAsync(configure, services);
    }

    /// <summary>The ends of attempts, once there are so many. They are logged after whoever waits for the job was told.</summary>
    private async Task<List<LogEntry>> UntilAsync(int ends)
    {
        for (var seen = 0; ;)
        {
            var entries = await _log.Entries.Reaches(seen + 1).Soon();
            seen = entries.Count;
            var found = entries.Where(e => e.Event is > 30 and < 40).ToList();
            if (found.Count >= ends) return found;
        }
    }
}

using System.Reflection;
using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>A job tells which code enqueued it and which ran it (A13, 003-41).</summary>
public abstract class CodeVersionContract(IEngineFixture fixture) : EngineContract(fixture)
{
    [Fact]
    public async Task The_versions_that_enqueued_and_that_ran_are_kept()
    {
        if (!Capabilities.KeepsJobsOverRestart) return;
        var seen = new Recording<(string? Enqueued, string? Runs)>();
        var first = await StartAsync(b => Describe(b, "1.0", seen));
        var job = await first.Client.EnqueueAsync(Work, "retry", o => o.After(Minute)).Soon();
        Assert.Equal(("1.0", null), Versions(await job.GetAsync().Soon()));
        await first.StopAsync().Soon();

        var second = await StartAsync(b => Describe(b, "2.0", seen));
        var handle = second.Client.Handle(job.Id);
        await AdvanceUntil(Minute, seen.Reaches(1));
        await Waits(handle);
        var retrying = await handle.GetAsync().Soon();
        Assert.Equal((JobState.Retrying, ("1.0", "2.0")), (retrying.State, Versions(retrying)));
        await second.StopAsync().Soon();

        var third = await StartAsync(b => Describe(b, "1.0", seen));
        var done = await AdvanceUntil(Minute, EndOf(third.Client.Handle(job.Id)));
        Assert.Equal(("1.0", "1.0"), Versions(done));
        Assert.Equal(("1.0", "1.0"), Versions(await third.Client.GetAsync(job.Id).Soon()));
        Assert.Equal([("1.0", "2.0"), ("1.0", "1.0")], seen.Items);
    }

    [Fact]
    public async Task A_job_that_runs_shows_the_version_that_runs_it()
    {
        if (!Capabilities.KeepsJobsOverRestart) return;
        var held = new HeldHandler();
        var first = await StartAsync(b =>
        {
            b.CodeVersion = "1.0";
            b.RunsJobs = false;
            b.Handle(Work, held.RunAsync);
        });
        var job = await first.Client.EnqueueAsync(Work, "x").Soon();
        await first.StopAsync().Soon();
        var second = await StartAsync(b =>
        {
            b.CodeVersion = "2.0";
            b.Handle(Work, held.RunAsync);
        });
        await held.Runs.Reaches(1).Soon();
        Assert.Equal(("1.0", "2.0"), Versions(await second.Client.GetAsync(job.Id).Soon()));
        held.Release();
        await EndOf(second.Client.Handle(job.Id));
    }

    [Fact]
    public async Task A_service_that_says_no_version_has_that_of_the_program()
    {
        var program = Assembly.GetEntryAssembly()!.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        var client = await StartClientAsync(b => b.Handle(Work, (_, _) => Task.CompletedTask));
        Assert.Equal((program, program), Versions(await EndOf(await client.EnqueueAsync(Work, "x").Soon())));
    }

    [Fact]
    public void A_version_is_not_a_novel()
    {
        var error = Assert.Throws<LimitExceededException>(() => Create(b => b.CodeVersion = new string('1', 257)));
        Assert.Equal((nameof(JobLimits.MaxKeyChars), 257L), (error.Limit, error.Actual));
    }

    private static void Describe(JobsBuilder builder, string version, Recording<(string?, string?)> seen)
    {
        builder.CodeVersion = version;
        builder.Handle(Work, (_, job) =>
        {
            seen.Add((job.EnqueuedCodeVersion, job.CodeVersion));
            return job.Attempt == 1 ? throw new FormatException() : Task.CompletedTask;
        });
    }

    private static (string? Enqueued, string? Ran) Versions(JobSnapshot job) => (job.EnqueuedCodeVersion, job.RanCodeVersion);
}

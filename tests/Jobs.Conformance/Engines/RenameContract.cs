using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>A task that gets another name keeps its jobs (A13).</summary>
public abstract class RenameContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private static readonly ResultTask<string, int> Old = ResultTask.Create<string, int>("old-name");
    private static readonly ResultTask<string, int> Renamed = ResultTask.Create<string, int>("new-name", o => o.Aliases.Add("old-name"));

    [Fact]
    public async Task A_job_stored_under_the_old_name_is_run_by_the_renamed_task()
    {
        if (!Capabilities.KeepsJobsOverRestart) return;
        var before = await StartAsync(b => b.Handle(Old, (text, _) => Task.FromResult(-text.Length)));
        var stored = await before.Client.EnqueueAsync(Old, "abc", o => o.After(Minute)).Soon();
        await before.StopAsync().Soon();

        var seen = new Recording<string>();
        var client = await StartClientAsync(b => b.Handle(Renamed, (text, job) =>
        {
            seen.Add(job.Task);
            return Task.FromResult(text.Length);
        }));
        Assert.Equal(3, await AdvanceUntil(Minute, client.Handle(Renamed, stored.Id).ResultAsync().Soon()));
        Assert.Equal(2, await client.RunAsync(Renamed, "ab").Soon());
        Assert.Equal(["old-name", "new-name"], seen.Items);
        Assert.Equal("old-name", (await client.GetAsync(stored.Id).Soon()).Task);
    }

    [Fact]
    public async Task Code_that_knows_only_the_old_name_may_still_enqueue()
    {
        var engine = await StartAsync(b => b.Handle(Renamed, (text, _) => Task.FromResult(text.Length)));
        Assert.Equal(4, await engine.Client.RunAsync(Old, "abcd").Soon());
        Assert.Equal(["new-name"], engine.Registry.Names);
        Assert.True(Renamed.IsKnownAs("old-name") && Renamed.IsKnownAs("new-name") && !Old.IsKnownAs("new-name"));
    }

    [Fact]
    public async Task A_name_belongs_to_one_task()
    {
        var thief = TaskDefinition.Create<string>("thief", o => o.Aliases.Add("new-name"));
        foreach (var policy in Enum.GetValues<DuplicateRegistration>())
        {
            var engine = await StartAsync(b =>
            {
                b.OnDuplicate = policy;
                b.Handle(Renamed, (text, _) => Task.FromResult(text.Length));
            });
            var taken = Assert.Throws<DuplicateTaskException>(() => engine.Registry.Handle(Old, (text, _) => Task.FromResult(text.Length)));
            Assert.Equal(("old-name", "new-name"), (taken.Task, taken.Owner));
            var stolen = Assert.Throws<DuplicateTaskException>(() => engine.Registry.Handle(thief, (_, _) => Task.CompletedTask));
            Assert.Equal(("new-name", "new-name"), (stolen.Task, stolen.Owner));
            Assert.Equal(["new-name"], engine.Registry.Names);
            Assert.Equal(1, await engine.Client.RunAsync(Old, "a").Soon());
            await engine.StopAsync().Soon();
        }

        Assert.Throws<InvalidNameException>(() => TaskDefinition.Create<string>("good", o => o.Aliases.Add("not good")));
    }

    [Fact]
    public async Task A_replaced_or_removed_task_takes_its_aliases_along()
    {
        var engine = await StartAsync(b =>
        {
            b.OnDuplicate = DuplicateRegistration.Replace;
            b.Handle(Renamed, (text, _) => Task.FromResult(text.Length));
        });
        var again = ResultTask.Create<string, int>("new-name", o => o.Aliases.Add("older-name"));
        engine.Registry.Handle(again, (text, _) => Task.FromResult(text.Length * 2));
        await Assert.ThrowsAsync<TaskNotRegisteredException>(() => engine.Client.RunAsync(Old, "a").Soon());
        Assert.Equal(2, await engine.Client.RunAsync(ResultTask.Create<string, int>("older-name"), "a").Soon());
        Assert.False(engine.Registry.Remove("older-name"));
        Assert.True(engine.Registry.Remove("new-name"));
        await Assert.ThrowsAsync<TaskNotRegisteredException>(() => engine.Client.RunAsync(ResultTask.Create<string, int>("older-name"), "a").Soon());
    }

    [Fact]
    public async Task The_limit_of_a_task_holds_over_all_its_names()
    {
        var held = new HeldHandler();
        var limited = TaskDefinition.Create<string>("limited", o =>
        {
            o.MaxConcurrency = 1;
            o.Aliases.Add("unlimited");
        });
        var client = await StartClientAsync(b => b.Handle(limited, held.RunAsync).Handle(Measure, (text, _) => Task.FromResult(text.Length)));
        var handles = await client.EnqueueBatchAsync([NewJob.Of(TaskDefinition.Create<string>("unlimited"), "a"), NewJob.Of(limited, "b")]).Soon();
        await held.Runs.Reaches(1).Soon();
        Assert.Equal(3, await client.RunAsync(Measure, "abc").Soon());
        Assert.Equal(new JobCounts { Running = 1, Pending = 1, Completed = 1 }, await client.CountAsync().Soon());
        held.Release();
        await held.Runs.Reaches(2).Soon();
        held.Release();
        foreach (var handle in handles) await EndOf(handle);
    }

    [Fact]
    public async Task What_is_said_for_exhausted_jobs_holds_for_those_under_the_old_name()
    {
        var exhausted = new TaskCompletionSource<JobSnapshot>(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = await StartClientAsync(b => b.Handle(Renamed, Task<int> (_, _) => throw new FormatException()).OnExhausted(Renamed, job =>
        {
            exhausted.TrySetResult(job);
            return Task.CompletedTask;
        }));
        var handle = await client.EnqueueAsync(Old, "x", o => o.MaxAttempts = 1).Soon();
        Assert.Equal(handle.Id, (await exhausted.Task.Soon()).Id);
    }
}

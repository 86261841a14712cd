using Jobs.Conformance;

namespace Jobs.Examples.Topics;

/// <summary>Seed 000: intervals in every process, topics, an outbox.</summary>
public abstract class TopicsExampleContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private readonly Greenhouse _house = new();

    [Fact]
    public async Task Ticks_on_every_node()
    {
        var start = Now;
        _house.Dry.Add("herbs");
        var jobs = await StartClientAsync(b =>
        {
            b.WorkerName = "greenhouse-1";
            _house.Describe(b);
            Greenhouse.DescribeIntervals(b);
        });
        await WaterAsync(jobs).Soon();

        // Each at its own times, none twice; a run that fails is kept, and the next one comes all the same.
        var failed = await jobs.ListAsync(new JobQuery { Task = Greenhouse.Water.Name, States = [JobState.Dead] }).Soon();
        var runs = _house.Watered.Items;
        Assert.All(runs, run => Assert.Equal("greenhouse-1", run.Worker));
        Assert.All(runs, run => Assert.Equal(0, (run.Time - start).TotalMinutes % (run.Bed == "roses" ? 10 : 15)));
        Assert.All(runs, run => Assert.True(run.Time > start));
        Assert.Equal(runs.Count, runs.Distinct().Count());
        Assert.True(failed.Count >= 2);
        Assert.All(failed, job => Assert.Equal("herbs has no tap.", job.LastError!.Message));

        int Count(string bed) => _house.Watered.Items.Count(run => run.Bed == bed);

        async Task WaterAsync(IJobClient client)
        {
            // A run that is not finished when the next one is due lets that one pass, so time waits for it.
            while (Count("roses") < 3 || Count("herbs") < 2)
            {
                Clock.Advance(5 * Minute);
                await EndedAsync(client);
            }

            // The last one counts as soon as its handler is called; how it ended is written after that.
            await EndedAsync(client);
        }

        static async Task EndedAsync(IJobClient client)
        {
            while ((await client.CountAsync()).Unfinished > 0) await Task.Yield();
        }
    }
}

using System.Diagnostics.Metrics;
using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>What the meter of the service tells.</summary>
public abstract class MetricsContract(IEngineFixture fixture) : EngineContract(fixture)
{
    [Fact]
    public async Task Enqueues_waits_and_runs_are_measured()
    {
        // Meters are the process's, so other tests are heard too: a name of its own tells the jobs of this one.
        var task = TaskDefinition.Create<string>($"measured-{Guid.NewGuid():n}", o => o.MaxAttempts = 1);
        var measured = new Recording<(string Instrument, double Value, string? Queue, string? Outcome)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == JobsMetrics.MeterName) l.EnableMeasurementEvents(instrument);
        };
        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var named = tags.ToArray().ToDictionary(t => t.Key, t => t.Value);
            if (Equals(named.GetValueOrDefault("task"), task.Name))
                measured.Add((instrument.Name, value, (string?)named["queue"], (string?)named.GetValueOrDefault("outcome")));
        }

        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();

        var held = new HeldHandler();
        var client = await StartClientAsync(b => b.Queue("side", q => q.Concurrency = 1).Handle(task, async (text, job) =>
        {
            await held.RunAsync(text, job);
            if (text == "bad") throw new FormatException();
        }));
        var handles = await client.EnqueueManyAsync(task, ["good", "bad"], o => o.On("side")).Soon();
        await held.Runs.Reaches(1).Soon();
        Clock.Advance(10 * Second);
        held.Release();
        await held.Runs.Reaches(2).Soon();
        Clock.Advance(20 * Second);
        held.Release();
        foreach (var handle in handles) await EndOf(handle);

        var all = await measured.Reaches(6).Soon();
        Assert.All(all, m => Assert.Equal("side", m.Queue));
        Assert.Equal(2, all.Where(m => m.Instrument == "jobs.enqueued").Sum(m => m.Value));
        Assert.Equal([0, 10], all.Where(m => m.Instrument == "jobs.wait.duration").Select(m => m.Value));
        Assert.Equal([(10, "Succeeded"), (20, "Failed")], all.Where(m => m.Instrument == "jobs.run.duration").Select(m => ((int)m.Value, m.Outcome!)));
    }

    [Fact]
    public async Task After_upgrades_each_run_is_measured_once()
    {
        var task = TaskDefinition.Create<string>($"upgraded-{Guid.NewGuid():n}");
        var runs = new Recording<double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument is { Meter.Name: JobsMetrics.MeterName, Name: "jobs.run.duration" }) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
        {
            if (tags.ToArray().Any(t => t.Key == "task" && Equals(t.Value, task.Name))) runs.Add(value);
        });
        listener.Start();
        var engine = await StartAsync(b => b.Handle(task, (_, _) => Task.CompletedTask));
        for (var upgrade = 1; upgrade <= 3; upgrade++)
        {
            await engine.Client.RunAsync(task, "x").Soon();
            await engine.Control.UpgradeAsync(u => u.Queue("default").Handle(task, (_, _) => Task.CompletedTask)).Soon();
        }

        await engine.Client.RunAsync(task, "x").Soon();
        await runs.Reaches(4).Soon();
        await engine.StopAsync().Soon();
        Assert.Equal(4, runs.Items.Count);
    }
}

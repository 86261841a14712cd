using System.Diagnostics.Metrics;
using Jobs.Core;
using Jobs.Grains.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Jobs.Cluster.Tests.Hosting;

/// <summary>What warms a silo up comes to its end, and leaves no trace in what an operator reads.</summary>
public sealed class WarmUpTests
{
    [Fact]
    public async Task It_runs_a_job_to_its_end_and_the_meter_hears_nothing_of_it()
    {
        var heard = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == JobsMetrics.MeterName) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Hear(tags));
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Hear(tags));
        listener.Start();
        await using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        await new WarmUpJob(services.GetRequiredService<Serializer>()).RunAsync();
        Assert.Equal(0, heard);

        void Hear(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var tag in tags)
            {
                if (tag.Value is "warm-up") Interlocked.Increment(ref heard);
            }
        }
    }
}

namespace Jobs.Core.Tests.Statistics;

public sealed class DurationHistogramTests
{
    [Fact]
    public void Percentiles_are_right_within_three_percent_over_the_whole_range()
    {
        foreach (var unit in (long[])[1, 7, 1000, 60_000_000, 86_400_000_000])
        {
            var histogram = new DurationHistogram();
            for (var i = 1; i <= 1000; i++) histogram.Record(Microseconds(i * unit));
            var summary = histogram.Summarize();
            Assert.Equal((1000, Microseconds(1000 * unit)), (summary.Count, summary.Max));
            Near(500 * unit, summary.P50);
            Near(900 * unit, summary.P90);
            Near(990 * unit, summary.P99);
            Near(500 * unit, summary.Mean);
        }
    }

    [Fact]
    public void Nothing_and_the_ends_of_the_range_are_counted()
    {
        var histogram = new DurationHistogram();
        Assert.Equal(DurationSummary.None, histogram.Summarize());
        histogram.Record(TimeSpan.FromSeconds(-1));
        histogram.Record(TimeSpan.Zero);
        Assert.Equal((2, TimeSpan.Zero, TimeSpan.Zero), (histogram.Summarize().Count, histogram.Summarize().P99, histogram.Summarize().Max));
        histogram.Record(TimeSpan.MaxValue);
        histogram.Record(TimeSpan.MaxValue);
        var most = histogram.Summarize();
        Assert.True(most.Max > TimeSpan.FromDays(12_000) && most.P99 <= most.Max && most.P99 > most.Max * 0.96);
    }

    private static TimeSpan Microseconds(long count) => TimeSpan.FromTicks(count * TimeSpan.TicksPerMicrosecond);

    private static void Near(long expected, TimeSpan measured)
    {
        var off = Math.Abs(measured.TotalMicroseconds - expected);
        Assert.True(off <= Math.Max(1, 0.032 * expected), $"{measured.TotalMicroseconds} is not near {expected}");
    }
}

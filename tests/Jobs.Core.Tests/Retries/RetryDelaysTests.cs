namespace Jobs.Core.Tests.Retries;

/// <summary>Exact delays of every policy and preset (seeds C04), their bounds, and no overflow.</summary>
public sealed class RetryDelaysTests
{
    private static readonly TimeSpan HundredYears = TimeSpan.FromDays(36_500);

    [Theory]
    [InlineData(nameof(RetryPreset.Dispatch), 3, ExhaustedAction.Discard, new double[] { 5, 10, 20, 40, 80 })]
    [InlineData(nameof(RetryPreset.Tasks), 3, ExhaustedAction.DeadLetter, new double[] { 30, 60, 120, 240, 480, 960, 1920, 3600, 3600 })]
    [InlineData(nameof(RetryPreset.Outbox), 10, ExhaustedAction.DeadLetter, new double[] { 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600 })]
    [InlineData(nameof(RetryPreset.HandlerDecides), JobOptions.UnlimitedAttempts, ExhaustedAction.DeadLetter, new double[] { 0, 0, 0 })]
    [InlineData(nameof(RetryPreset.Once), 1, ExhaustedAction.DeadLetter, new double[] { 0 })]
    public void A_preset_waits_as_the_system_it_is_named_after(string name, int attempts, ExhaustedAction exhausted, double[] seconds)
    {
        var preset = Preset(name);

        Assert.Equal((attempts, exhausted), (preset.MaxAttempts, preset.OnExhausted));
        Assert.Equal(seconds, seconds.Select((_, i) => After(preset.Backoff, i + 1).TotalSeconds));
    }

    [Fact]
    public void Dispatch_clamps_its_factor_at_two_to_the_sixteenth()
    {
        var policy = RetryPreset.Dispatch.Backoff;

        Assert.Equal(TimeSpan.FromSeconds(5 * 32768), After(policy, 16));
        Assert.Equal(TimeSpan.FromSeconds(5 * 65536), After(policy, 17));
        Assert.Equal(TimeSpan.FromSeconds(5 * 65536), After(policy, 18));
    }

    [Fact]
    public void Only_the_preset_where_the_handler_decides_buries_a_job_that_throws()
    {
        var burying = Presets().Where(p => p.OnException is ExceptionPolicy.DeadLetter);

        Assert.Equal([RetryPreset.HandlerDecides], burying);
    }

    [Theory]
    [InlineData(1, 1.6)]
    [InlineData(2, 2.56)]
    [InlineData(3, 4.096)]
    [InlineData(10, 109.9511627776)]
    [InlineData(17, 2951.4790517935283)]
    [InlineData(18, 3600)]
    [InlineData(1000, 3600)]
    public void Jobs_spreads_its_growing_delay_by_a_fifth_to_both_sides(int failures, double seconds)
    {
        var policy = RetryPreset.Jobs.Backoff;
        Assert.Equal(JobOptions.UnlimitedAttempts, RetryPreset.Jobs.MaxAttempts);

        // The cap holds before jitter, so an hour may become 72 minutes.
        AssertSeconds(seconds * 0.8, RetryDelays.After(policy, failures, null, new Fixed(0)));
        AssertSeconds(seconds, RetryDelays.After(policy, failures, null, new Fixed(0.5)));
        AssertSeconds(seconds * 1.2, RetryDelays.After(policy, failures, null, new Fixed(1)));
    }

    [Fact]
    public void Jitter_stays_within_its_bounds_and_fills_them()
    {
        var random = new Random(17);
        var policy = RetryPreset.Jobs.Backoff;
        var seconds = Enumerable.Range(0, 10_000).Select(_ => RetryDelays.After(policy, 1, null, random).TotalSeconds).ToList();

        Assert.All(seconds, s => Assert.InRange(s, 1.28, 1.92));
        Assert.True(seconds.Min() < 1.29 && seconds.Max() > 1.91, "the whole range is used");
        Assert.InRange(seconds.Average(), 1.59, 1.61);
    }

    [Fact]
    public void Jitter_of_one_reaches_zero_and_never_below()
    {
        var policy = RetryPolicy.Constant(TimeSpan.FromSeconds(10), jitter: 1);

        Assert.Equal(TimeSpan.Zero, RetryDelays.After(policy, 1, null, new Fixed(0)));
        AssertSeconds(20, RetryDelays.After(policy, 1, null, new Fixed(1)));
    }

    [Fact]
    public void The_default_waits_five_seconds_doubled_within_a_tenth()
    {
        AssertSeconds(4.5, RetryDelays.After(RetryPolicy.Default, 1, null, new Fixed(0)));
        AssertSeconds(20, RetryDelays.After(RetryPolicy.Default, 3, null, new Fixed(0.5)));
        AssertSeconds(3960, RetryDelays.After(RetryPolicy.Default, 50, null, new Fixed(1)));
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(int.MaxValue - 1)]
    [InlineData(100_000)]
    public void However_often_a_job_failed_the_delay_does_not_overflow(int failures)
    {
        var long100 = RetryPolicy.Exponential(TimeSpan.FromDays(1), factor: double.MaxValue, cap: TimeSpan.MaxValue, firstExponent: 64);

        Assert.All(Presets().Where(p => p != RetryPreset.Jobs), p => Assert.InRange(After(p.Backoff, failures), TimeSpan.Zero, TimeSpan.FromDays(4)));
        Assert.InRange(After(RetryPreset.Jobs.Backoff, failures), TimeSpan.FromMinutes(48), TimeSpan.FromMinutes(72));
        Assert.Equal(HundredYears, After(long100, failures));
        Assert.Equal(TimeSpan.FromSeconds(7), After(RetryPolicy.Exponential(TimeSpan.FromSeconds(7), factor: 1), failures));
    }

    [Fact]
    public void Extreme_delays_are_cut_at_a_hundred_years()
    {
        Assert.Equal(HundredYears, After(RetryPolicy.Constant(TimeSpan.MaxValue), 1));
        Assert.Equal(HundredYears, After(RetryPolicy.Constant(TimeSpan.MaxValue, jitter: 0.5), 1));
        Assert.Equal(HundredYears, After(RetryPolicy.Custom((_, _) => TimeSpan.MaxValue), 1));
        Assert.Equal(TimeSpan.Zero, After(RetryPolicy.Custom((_, _) => TimeSpan.MinValue), 1));
    }

    [Fact]
    public void A_base_of_zero_never_waits()
    {
        Assert.Equal(TimeSpan.Zero, After(RetryPolicy.Exponential(TimeSpan.Zero, factor: double.MaxValue), int.MaxValue));
        Assert.Equal(TimeSpan.Zero, After(RetryPolicy.None, int.MaxValue));
    }

    [Fact]
    public void A_custom_policy_gets_the_failures_and_the_error_and_is_not_spread()
    {
        var error = new InvalidOperationException();
        (int, Exception?) asked = default;
        var policy = RetryPolicy.Custom((failures, thrown) =>
        {
            asked = (failures, thrown);
            return TimeSpan.FromMinutes(failures);
        });

        Assert.Equal(TimeSpan.FromMinutes(3), RetryDelays.After(policy, 3, error, new Fixed(1)));
        Assert.Equal((3, error), asked);
    }

    [Fact]
    public void A_policy_that_makes_no_sense_cannot_be_built()
    {
        Assert.Throws<InvalidJobOptionException>(() => RetryPolicy.Exponential(TimeSpan.FromTicks(-1)));
        Assert.Throws<InvalidJobOptionException>(() => RetryPolicy.Exponential(TimeSpan.Zero, factor: 0.99));
        Assert.Throws<InvalidJobOptionException>(() => RetryPolicy.Exponential(TimeSpan.Zero, factor: double.NaN));
        Assert.Throws<InvalidJobOptionException>(() => RetryPolicy.Exponential(TimeSpan.Zero, factor: double.PositiveInfinity));
        Assert.Throws<InvalidJobOptionException>(() => RetryPolicy.Exponential(TimeSpan.Zero, cap: TimeSpan.FromTicks(-1)));
        Assert.Throws<InvalidJobOptionException>(() => RetryPolicy.Exponential(TimeSpan.Zero, jitter: 1.01));
        Assert.Throws<InvalidJobOptionException>(() => RetryPolicy.Exponential(TimeSpan.Zero, jitter: double.NaN));
        Assert.Throws<InvalidJobOptionException>(() => RetryPolicy.Exponential(TimeSpan.Zero, firstExponent: -1));
        Assert.Throws<InvalidJobOptionException>(() => RetryPolicy.Exponential(TimeSpan.Zero, firstExponent: 65));
        Assert.Throws<InvalidJobOptionException>(() => RetryPolicy.Constant(TimeSpan.FromTicks(-1)));
        Assert.Throws<InvalidJobOptionException>(() => RetryPolicy.Constant(TimeSpan.Zero, jitter: -0.01));
        Assert.Throws<ArgumentNullException>(() => RetryPolicy.Custom(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => After(RetryPolicy.None, 0));
    }

    private static IReadOnlyList<RetryPreset> Presets() =>
        [.. typeof(RetryPreset).GetProperties().Where(p => p.PropertyType == typeof(RetryPreset)).Select(p => (RetryPreset)p.GetValue(null)!)];

    private static RetryPreset Preset(string name) => (RetryPreset)typeof(RetryPreset).GetProperty(name)!.GetValue(null)!;

    private static TimeSpan After(RetryPolicy policy, int failures) => RetryDelays.After(policy, failures, null, new Random(1));

    private static void AssertSeconds(double expected, TimeSpan actual) => Assert.Equal(expected, actual.TotalSeconds, 0.000001);

    private sealed class Fixed(double draw) : Random
    {
        public override double NextDouble() => draw;
    }
}

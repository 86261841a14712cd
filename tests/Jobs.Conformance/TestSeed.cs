using System.Globalization;

namespace Jobs.Conformance;

/// <summary>The seed of random tests: JOBS_TEST_SEED, or a fixed one.</summary>
public static class TestSeed
{
    public static int Value { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("JOBS_TEST_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20301122;
}

using System.Globalization;

namespace Jobs.Crash.Tests;

/// <summary>The seed of this run.</summary>
internal static class CrashSeed
{
    internal static int Value { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("JOBS_TEST_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20301122;

    internal static string Name => $"JOBS_TEST_SEED={Value}";
}

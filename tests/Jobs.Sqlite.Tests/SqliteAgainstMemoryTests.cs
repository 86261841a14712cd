using System.Globalization;
using Jobs.Conformance.Comparison;
using Jobs.Core;

namespace Jobs.Sqlite.Tests;

public sealed class SqliteAgainstMemoryTests : IDisposable
{
    private const int Steps = 250;

    private static readonly int FirstSeed =
        int.TryParse(Environment.GetEnvironmentVariable("JOBS_TEST_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20260101;

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task It_answers_random_commits_and_queries_as_the_in_memory_store_does(int number)
    {
        await using var reference = new InMemoryJobStore();
        await using var store = new SqliteJobStore(_folder["jobs.db"]);
        await new StoreComparison(reference, store, FirstSeed + number).RunAsync(Steps).WaitAsync(TimeSpan.FromSeconds(120));
    }

    public void Dispose() => _folder.Dispose();
}

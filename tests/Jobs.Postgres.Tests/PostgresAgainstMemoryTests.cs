using System.Globalization;
using Jobs.Conformance.Comparison;
using Jobs.Core;

namespace Jobs.Postgres.Tests;

public sealed class PostgresAgainstMemoryTests(PostgresFixture postgres)
{
    private const int Steps = 120;

    private static readonly int FirstSeed =
        int.TryParse(Environment.GetEnvironmentVariable("JOBS_TEST_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20260101;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task It_answers_random_commits_and_queries_as_the_in_memory_store_does(int number)
    {
        var schema = PostgresFixture.NewSchema();
        await using var reference = new InMemoryJobStore();
        await using var store = new PostgresJobStore(postgres.Require(), new PostgresOptions { Schema = schema });
        await new StoreComparison(reference, store, FirstSeed + number).RunAsync(Steps).WaitAsync(TimeSpan.FromSeconds(300));
        await postgres.DropAsync(schema);
    }
}

using Jobs.Conformance;
using Jobs.Core;

namespace Jobs.Postgres.Tests;

/// <summary>A running job holds no connection (U08, 003-29), so many run over few.</summary>
public sealed class ConnectionCountTests(PostgresFixture postgres)
{
    private const int Jobs = 50;
    private const int MaxConnections = 4;

    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");

    [Fact]
    public async Task Many_jobs_run_at_a_time_over_few_connections()
    {
        var schema = PostgresFixture.NewSchema();
        var held = new HeldHandler();
        await using (var engine = await EmbeddedJobs.StartAsync(b => b
            .UsePostgres($"{postgres.Require()};Maximum Pool Size={MaxConnections}", o => o.Schema = schema)
            .Queue("default", q => q.Concurrency = Jobs)
            .Handle(Work, held.RunAsync)))
        {
            var handles = await engine.Client.EnqueueManyAsync(Work, [.. Enumerable.Range(0, Jobs).Select(i => $"{i}")]).Soon();
            await held.Runs.Reaches(Jobs).Soon();
            Assert.Equal(Jobs, (await engine.Client.CountAsync().Soon()).Running);
            held.Release(Jobs);
            foreach (var handle in handles) Assert.Equal(JobState.Completed, (await handle.WaitAsync().Soon()).State);
        }

        await postgres.DropAsync(schema);
    }
}

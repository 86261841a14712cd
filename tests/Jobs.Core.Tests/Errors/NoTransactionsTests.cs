using Jobs.Conformance;

namespace Jobs.Core.Tests.Errors;

/// <summary>Handlers that want a transaction of a store that has none.</summary>
public sealed class NoTransactionsTests
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work", o => o.MaxAttempts = 1);
    private static readonly TaskRegistration Transactional = new(Work, _ => new(JobOutcome.Done())) { IsTransactional = true };

    [Fact, Provokes(typeof(TransactionsNotKeptException))]
    public void Such_a_handler_is_refused_when_the_service_is_made()
    {
        var error = Assert.Throws<TransactionsNotKeptException>(() => EmbeddedJobs.Create(jobs => jobs.Add(Transactional)));
        Assert.Equal("work", error.Task);
    }

    [Fact]
    public async Task One_that_comes_later_fails_its_jobs()
    {
        await using var engine = await EmbeddedJobs.StartAsync(_ => { });
        engine.Registry.Add(Transactional);

        var error = await Assert.ThrowsAsync<JobFailedException>(() => engine.Client.RunAsync(Work, "x").AsTask().Soon());
        Assert.Contains("no transactions for handlers", error.Message);
    }
}

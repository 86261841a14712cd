using Jobs.Conformance;

namespace Jobs.Postgres.Tests.Transactions;

/// <summary>Rows of the inbox that somebody wrote by hand, and wrong.</summary>
public sealed class ForeignRowTests(PostgresFixture postgres) : TransactionContract(postgres)
{
    private static readonly TaskDefinition<string> Work = TaskDefinition.Create<string>("work");

    [Theory]
    [InlineData("terms = 'null'")]
    [InlineData("terms = 'attempts: 3'")]
    [InlineData("terms = '[1]'")]
    [InlineData("id = gen_random_uuid()")]
    [InlineData("queue = 'no queue!'")]
    [InlineData("number = 7")]
    [InlineData("number = -1")]
    public async Task A_row_that_makes_no_sense_stays_and_keeps_nobody_waiting(string change)
    {
        var ran = new Recording<string>();
        var engine = await StartAsync(jobs => jobs.Handle(Work, (text, _) =>
        {
            ran.Add(text);
            return Task.CompletedTask;
        }));
        await using var transaction = await BeginAsync();
        var bound = engine.Client.InTransaction(transaction);
        var before = await bound.EnqueueAsync(Work, "before");
        var wrong = await bound.EnqueueAsync(Work, "wrong");
        var after = await bound.EnqueueAsync(Work, "after");
        await using (var command = transaction.Connection!.CreateCommand())
        {
            command.CommandText = $"update {Schema}.inbox set {change} where id = @id";
            command.Parameters.AddWithValue("id", wrong.Id.ToGuid());
            Assert.Equal(1, await command.ExecuteNonQueryAsync());
        }

        await transaction.CommitAsync();
        foreach (var job in new[] { before, after }) await job.WaitAsync().Soon();
        Assert.Equal(["after", "before"], ran.Items.Order());
        Assert.Equal(1, await CountAsync($"{Schema}.inbox"));
        Assert.Equal(0, engine.Health.Loops.Single(loop => loop.Loop is JobsLoop.Inbox).Failures);

        // The next one that comes is not held up by it either.
        await using var next = await BeginAsync();
        var late = await engine.Client.InTransaction(next).EnqueueAsync(Work, "late");
        await next.CommitAsync();
        await late.WaitAsync().Soon();
    }
}

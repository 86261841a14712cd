using Jobs.Conformance;

namespace Jobs.Core.Tests.Embedded;

/// <summary>The engine prunes by itself; with this store it has done so when the time has moved.</summary>
public sealed class EmbeddedPruneTests() : EngineContract(new EmbeddedFixture())
{
    [Fact]
    public async Task Records_are_removed_when_their_time_is_over()
    {
        var client = await StartClientAsync(b => b.Handle(Work, (text, _) => text == "bad" ? throw new FormatException() : Task.CompletedTask));
        var done = await EndOf(await client.EnqueueAsync(Work, "x", o => o.Retention = RetentionPolicy.For(Minute)).Soon());
        var dead = await EndOf(await client.EnqueueAsync(Work, "bad", o =>
        {
            o.Retention = RetentionPolicy.For(Minute);
            o.MaxAttempts = 1;
        }).Soon());
        Clock.Advance(5 * Minute);
        Assert.Null(await client.FindAsync(done.Id).Soon());
        Assert.NotNull(await client.FindAsync(dead.Id).Soon());
    }

    [Fact]
    public async Task A_queue_keeps_as_many_records_as_it_says()
    {
        var client = await StartClientAsync(b => b
            .Queue(QueueName.Default, q => q.History = new HistoryLimits { Completed = new HistoryLimit(MaxRecords: 1) })
            .Handle(Work, (_, _) => Task.CompletedTask));
        var first = await EndOf(await client.EnqueueAsync(Work, "x").Soon());
        Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await EndOf(await client.EnqueueAsync(Work, "x").Soon());
        Assert.NotNull(await client.FindAsync(first.Id).Soon());
        Clock.Advance(5 * Minute);
        Assert.Null(await client.FindAsync(first.Id).Soon());
        Assert.NotNull(await client.FindAsync(second.Id).Soon());
    }
}

using Jobs.Conformance;
using Jobs.Core;
using Npgsql;

namespace Jobs.Postgres.Tests.Transactions;

/// <summary>Messages of producers that only write rows become jobs, each one once.</summary>
public sealed class OutboxTests(PostgresFixture postgres) : TransactionContract(postgres)
{
    private static readonly TaskDefinition<Placed> Ship = TaskDefinition.Create<Placed>("ship");

    private readonly ManualClock _clock = new();
    private readonly Recording<string> _shipped = new();

    private OutboxTable Table => new($"{Schema}.messages");

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var connection = await ConnectAsync();
        await Table.CreateAsync(connection);
        await Table.CreateAsync(connection);
    }

    [Fact]
    public async Task Messages_commit_with_what_the_producer_writes_and_are_gone_when_they_became_jobs()
    {
        var client = await ServeAsync();
        await WriteAsync(commits: false, OutboxDraft.Of("placed", new Placed("undone", 1)));
        await WriteAsync(commits: true, [.. Enumerable.Range(0, 120).Select(i => OutboxDraft.Of("placed", new Placed($"{i}", i)))]);
        await WriteAsync(commits: true);
        await using var drain = NewDrain(client);

        Assert.Equal(new OutboxPass(120, 0), await drain.DrainAsync().Soon());
        Assert.Equal(new OutboxPass(0, 0), await drain.DrainAsync().Soon());

        var shipped = await _shipped.Reaches(120).Soon();
        Assert.Equal(Enumerable.Range(0, 120).Select(i => $"{i}").Order(StringComparer.Ordinal), shipped.Order(StringComparer.Ordinal));
        Assert.Equal((new OutboxCounts(0, 0), 1L), (await CountsAsync(), await CountAsync(Orders)));
    }

    [Fact]
    public async Task A_failure_is_counted_once_kept_with_its_error_and_tried_again_after_a_back_off_that_doubles()
    {
        var client = await ServeAsync();
        await WriteAsync(commits: true, new OutboxDraft("unknown", "{}"), new OutboxDraft("placed", "7"), OutboxDraft.Of("placed", new Placed("good", 1)));
        await using var drain = NewDrain(client);
        var delays = new List<double>();
        Assert.Equal(new OutboxPass(1, 2), await drain.DrainAsync().Soon());
        while ((await CountsAsync()).Pending > 0)
        {
            var before = _clock.GetUtcNow();
            Assert.Equal(default, await drain.DrainAsync().Soon());
            _clock.Advance(await DueAsync() - before);
            delays.Add((_clock.GetUtcNow() - before).TotalSeconds);
            Assert.Equal(new OutboxPass(0, 2), await drain.DrainAsync().Soon());
        }

        Assert.Equal([5, 10, 20, 40, 80, 160, 320, 640, 1280], delays);
        Assert.Equal(new OutboxCounts(0, 2), await CountsAsync());
        Assert.Equal(2, await CountAsync($"{Table.Name} where attempts = 10 and status = 'parked' and last_error is not null"));
        Assert.Equal(1, await CountAsync($"{Table.Name} where last_error like '%kind ''unknown''%'"));
        _clock.Advance(TimeSpan.FromDays(365));
        Assert.Equal(default, await drain.DrainAsync().Soon());
        Assert.Equal(["good"], await _shipped.Reaches(1).Soon());

        Assert.Equal(2, await Table.RetryParkedAsync(await ConnectAsync(), _clock));
        Assert.Equal(new OutboxPass(0, 2), await drain.DrainAsync().Soon());
    }

    [Fact]
    public async Task A_back_off_ends_at_an_hour_and_numbers_that_are_not_positive_mean_the_defaults()
    {
        await WriteAsync(commits: true, new OutboxDraft("unknown", "{}"));
        await using var drain = NewDrain(NewProducer(), o =>
        {
            (o.BatchMessages, o.PollTime, o.BaseBackoff) = (0, TimeSpan.Zero, TimeSpan.FromSeconds(-1));
            o.MaxAttempts = 30;
        });
        for (var i = 0; i < 12; i++)
        {
            await drain.DrainAsync().Soon();
            _clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(1, await CountAsync($"{Table.Name} where attempts = 12 and retry_at - updated = interval '1 hour'"));
    }

    [Fact]
    public async Task A_pass_goes_on_behind_a_full_batch_with_failures()
    {
        var client = await ServeAsync();
        await WriteAsync(
            commits: true,
            [.. Enumerable.Range(0, 95).Select(i => i % 3 == 0 ? new OutboxDraft("unknown", "{}") : OutboxDraft.Of("placed", new Placed($"{i}", i)))]);
        await using var drain = NewDrain(client, o => o.BatchMessages = 10);

        Assert.Equal(new OutboxPass(63, 32), await drain.DrainAsync().Soon());
        await _shipped.Reaches(63).Soon();
    }

    [Fact]
    public async Task A_message_that_cannot_be_enqueued_fails_alone()
    {
        var client = await ServeAsync();
        await WriteAsync(
            commits: true,
            OutboxDraft.Of("placed", new Placed("a", 1)),
            OutboxDraft.Of("placed", new Placed(new string('x', 2_000_000), 2)),
            OutboxDraft.Of("placed", new Placed("zero \0", 3)),
            OutboxDraft.Of("placed", new Placed("c", 4)));
        await using var drain = NewDrain(client, say: (m, o) => o.WithTag(m.Payload.Contains("\\u0000") ? "\0" : "tag"));

        Assert.Equal(new OutboxPass(2, 2), await drain.DrainAsync().Soon());
        Assert.Equal(["a", "c"], (await _shipped.Reaches(2).Soon()).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_id_that_may_be_used_again_is_refused_because_it_is_what_makes_a_message_one_job(bool elsewhere)
    {
        var client = await ServeAsync();
        await WriteAsync(commits: true, OutboxDraft.Of("placed", new Placed("a", 1)));
        await using var drain = NewDrain(client, o => o.JobsAreElsewhere = elsewhere, (_, o) => o.IdScope = JobIdScope.Live);
        Assert.Equal(new OutboxPass(0, 1), await drain.DrainAsync().Soon());
        Assert.Equal(1, await CountAsync($"{Table.Name} where last_error like '%IdScope%IncludingHistory%'"));
        Assert.Empty(_shipped.Items);
    }

    [Fact]
    public async Task Two_drains_at_once_share_the_messages()
    {
        var client = await ServeAsync();
        await WriteAsync(commits: true, [.. Enumerable.Range(0, 1_000).Select(i => OutboxDraft.Of("placed", new Placed($"{i}", i)))]);
        await using var one = NewDrain(client);
        await using var two = NewDrain(client);

        var passes = await Task.WhenAll(one.DrainAsync(), two.DrainAsync()).Soon();

        Assert.Equal(1_000, passes.Sum(pass => pass.Published));
        Assert.Equal(1_000, (await _shipped.Reaches(1_000).Soon()).Distinct().Count());
        var everywhere = string.Join(" union all ", new[] { "job", "job_done", "inbox" }.Select(table => $"select id from {Schema}.{table}"));
        Assert.Equal(1_000, await CountAsync($"({everywhere}) everywhere"));
    }

    [Fact]
    public async Task The_loop_publishes_what_comes_and_survives_a_table_that_is_away()
    {
        var client = await ServeAsync();
        await using var drain = NewDrain(client, o => (o.PollTime, o.Clock) = (TimeSpan.FromMilliseconds(10), TimeProvider.System));
        using var stopping = new CancellationTokenSource();
        var running = drain.RunAsync(stopping.Token);
        await WriteAsync(commits: true, OutboxDraft.Of("placed", new Placed("first", 1)));
        await _shipped.Reaches(1).Soon();
        await ExecuteAsync($"alter table {Table.Name} rename to hidden");
        while (drain.LastError is null) await Task.Yield();
        await ExecuteAsync($"alter table {Schema}.hidden rename to messages");
        await WriteAsync(commits: true, OutboxDraft.Of("placed", new Placed("second", 2)));

        Assert.Equal(["first", "second"], await _shipped.Reaches(2).Soon());
        await stopping.CancelAsync();
        await running.Soon();
    }

    [Fact]
    public async Task A_service_that_is_away_costs_a_message_no_attempt()
    {
        await WriteAsync(commits: true, OutboxDraft.Of("placed", new Placed("a", 1)));
        await using var drain = NewDrain(NewProducer(), schema: "no_such_schema");

        await Assert.ThrowsAsync<PostgresException>(() => drain.DrainAsync().Soon());
        Assert.Equal(1, await CountAsync($"{Table.Name} where attempts = 0 and status = 'pending'"));
    }

    [Fact]
    public async Task Jobs_in_another_database_are_enqueued_once_though_a_pass_is_repeated()
    {
        var client = await ServeAsync();
        await WriteAsync(commits: true, OutboxDraft.Of("placed", new Placed("a", 1)), OutboxDraft.Of("placed", new Placed("b", 2)));
        await ExecuteAsync($"create table {Schema}.saved as select * from {Table.Name}");
        await using var drain = NewDrain(client, o => (o.JobsAreElsewhere, o.Source) = (true, "shop"));
        Assert.Equal(new OutboxPass(2, 0), await drain.DrainAsync().Soon());
        await _shipped.Reaches(2).Soon();

        // As if the process had been killed before it removed the messages.
        await ExecuteAsync($"insert into {Table.Name} overriding system value select * from {Schema}.saved");
        Assert.Equal(new OutboxPass(2, 0), await drain.DrainAsync().Soon());
        Assert.Equal(2, (await client.ListAsync(new JobQuery())).Count);
        Assert.Equal(new OutboxCounts(0, 0), await CountsAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("Big")]
    [InlineData("x; drop table y")]
    public void A_table_whose_name_cannot_be_used_is_refused(string name) => Assert.Throws<InvalidNameException>(() => new OutboxTable(name));

    private async Task<IJobClient> ServeAsync() => (await StartAsync(jobs => jobs.Handle(Ship, (placed, _) =>
    {
        _shipped.Add(placed.Order);
        return Task.CompletedTask;
    }))).Client;

    private OutboxDrain NewDrain(
        IJobClient client, Action<OutboxOptions>? configure = null, Action<OutboxMessage, EnqueueOptions>? say = null, string? schema = null) =>
        new(
            ConnectionString,
            client,
            o =>
            {
                (o.Table, o.Clock) = (Table, _clock);
                o.Map("placed", Ship, say);
                configure?.Invoke(o);
            },
            schema);

    private async Task WriteAsync(bool commits, params OutboxDraft[] drafts)
    {
        await using var transaction = await BeginAsync();
        await WriteOrderAsync(transaction.Connection!, "order");
        await Table.WriteAsync(transaction, drafts);
        if (commits && drafts.Length > 0) await transaction.CommitAsync();
    }

    private async Task<OutboxCounts> CountsAsync() => await Table.CountAsync(await ConnectAsync());

    private async Task<DateTimeOffset> DueAsync()
    {
        await using var command = new NpgsqlCommand($"select min(retry_at) from {Table.Name} where status = 'pending'", await ConnectAsync());
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync())!);
    }

    private sealed record Placed(string Order, int Items);
}

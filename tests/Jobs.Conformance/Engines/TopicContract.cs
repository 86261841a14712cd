using Jobs.Core;

namespace Jobs.Conformance.Engines;

/// <summary>Messages that go to every subscription: to durable ones as jobs, to listeners while they are there.</summary>
public abstract class TopicContract(IEngineFixture fixture) : EngineContract(fixture)
{
    private static readonly Topic<Arrival> Arrivals = Topic.Create<Arrival>("arrivals");
    private static readonly TopicSubscription<Arrival> Mail = Arrivals.Subscription("mail", o => o.MaxAttempts = 2);
    private static readonly TopicSubscription<Arrival> Log = Arrivals.Subscription("log", o => o.Queue = "logs");

    [Fact]
    public async Task A_message_is_a_job_for_each_durable_subscription()
    {
        var mails = new Recording<string>();
        var logs = new Recording<string>();
        var client = await StartClientAsync(b => b
            .Subscribe(Mail, (Arrival a, JobContext job) => mails.Add($"{a.Name} {job.Queue} {job.MaxAttempts}"))
            .Subscribe(Log, (Arrival a, JobContext job) => logs.Add($"{a.Name} {job.Queue} {job.Task}")));
        var receipt = await client.PublishAsync(Arrivals, new Arrival("ada"), o => o.WithTag("t").On("ignored"));
        Assert.Equal((2, 2, 0, 0), (receipt.Reached, receipt.Durable, receipt.Listeners, receipt.Dropped));
        foreach (var job in receipt.Jobs) Assert.Equal((JobState.Completed, "t"), await EndOf(job) is { } end ? (end.State, Assert.Single(end.Tags)) : default);
        Assert.Equal("ada arrivals:mail 2", Assert.Single(mails.Items));
        Assert.Equal("ada logs arrivals:log", Assert.Single(logs.Items));

        var listed = await client.Topics.ListAsync();
        Assert.Equal(["log", "mail"], listed.Select(s => s.Name));
        Assert.Equal(("arrivals", true, new QueueName("logs"), "arrivals:log"), (listed[0].Topic, listed[0].IsDurable, listed[0].Queue!.Value, listed[0].Task));
    }

    [Fact]
    public async Task Each_listener_gets_each_message_as_a_copy_of_its_own()
    {
        var got = new Recording<(string Listener, Arrival Message)>();
        var client = await StartClientAsync(b => b.Listen(Arrivals, "one", (a, context) => Note(got, context, a)));
        client.Topics.Listen(Arrivals, "two", (a, context) => Note(got, context, a));
        var sent = new Arrival("ada");
        var receipt = await client.PublishAsync(Arrivals, sent);
        Assert.Equal((2, 2, 0), (receipt.Reached, receipt.Listeners, receipt.Durable));
        var messages = await got.Reaches(2).Soon();
        Assert.Equal(["one", "two"], messages.Select(m => m.Listener).Order());
        Assert.All(messages, m => Assert.Equal(sent, m.Message));
        Assert.All(messages, m => Assert.NotSame(sent, m.Message));
        Assert.NotSame(messages[0].Message, messages[1].Message);
    }

    [Fact]
    public async Task A_message_that_nobody_listens_to_is_gone_and_the_publisher_is_told()
    {
        var client = await StartClientAsync(_ => { });
        Assert.Equal(0, (await client.PublishAsync(Arrivals, new Arrival("nobody"))).Reached);
        var got = new Recording<string>();
        await using var listener = client.Topics.Listen(Arrivals, "late", (a, _) => Note(got, a.Name));
        await client.PublishAsync(Arrivals, new Arrival("ada"));
        Assert.Equal(["ada"], await got.Reaches(1).Soon());
        Assert.Equal(0, (await client.CountAsync()).Unfinished);
    }

    [Fact]
    public async Task A_durable_subscription_keeps_messages_until_somebody_handles_them()
    {
        var first = await StartAsync(_ => { });
        await first.Client.Topics.SubscribeAsync(Mail).Soon();
        var receipt = await first.Client.PublishAsync(Arrivals, new Arrival("ada"));
        Assert.Equal(1, receipt.Durable);
        if (!Capabilities.KeepsJobsOverRestart) return;
        await first.StopAsync().Soon();

        var mails = new Recording<string>();
        var client = await StartClientAsync(b => b.Subscribe(Mail, (a, _) => Note(mails, a.Name)));
        Assert.Equal(1, (await client.PublishAsync(Arrivals, new Arrival("bob"))).Durable);
        Assert.Equal(["ada", "bob"], (await mails.Reaches(2).Soon()).Order());
        Assert.Single(await client.Topics.ListAsync());
    }

    [Fact]
    public async Task Subscriptions_come_and_go_while_it_runs()
    {
        var engine = await StartAsync(_ => { });
        var client = engine.Client;
        var mails = new Recording<string>();
        engine.Registry.Handle(Mail.Task, (a, _) => Note(mails, a.Name));
        await client.Topics.SubscribeAsync(Mail).Soon();
        await client.Topics.SubscribeAsync(Log).Soon();
        Assert.Equal(2, (await client.PublishAsync(Arrivals, new Arrival("ada"))).Durable);
        await mails.Reaches(1).Soon();

        Assert.True(await client.Topics.UnsubscribeAsync(Mail).Soon());
        Assert.False(await client.Topics.UnsubscribeAsync(Mail).Soon());
        Assert.Equal(1, (await client.PublishAsync(Arrivals, new Arrival("bob"))).Durable);
        Assert.Equal(2, (await client.CountAsync("logs")).Unfinished);
        Assert.True(await client.Topics.UnsubscribeAsync(Log, withWaitingMessages: true).Soon());
        Assert.Equal(0, (await client.CountAsync("logs")).Unfinished);
        Assert.Equal(0, (await client.PublishAsync(Arrivals, new Arrival("eve"))).Reached);
        Assert.Equal(["ada"], mails.Items);
    }

    [Fact]
    public async Task A_message_reaches_all_durable_subscriptions_or_nobody()
    {
        var got = new Recording<string>();
        var client = await StartClientAsync(b => b
            .Queue("logs", q => (q.CapacityJobs, q.WhenFull) = (1, FullQueue.Throw))
            .Listen(Arrivals, "listener", (a, _) => Note(got, a.Name)));
        await client.Topics.SubscribeAsync(Mail).Soon();
        await client.Topics.SubscribeAsync(Log).Soon();
        await client.PublishAsync(Arrivals, new Arrival("ada"));
        await Assert.ThrowsAsync<QueueBusyException>(() => client.PublishAsync(Arrivals, new Arrival("bob")).AsTask().Soon());
        Assert.Equal(1, (await client.CountAsync("arrivals:mail")).Unfinished);
        await client.Topics.UnsubscribeAsync(Log).Soon();
        await client.PublishAsync(Arrivals, new Arrival("eve"));
        Assert.Equal(["ada", "eve"], (await got.Reaches(2).Soon()).Order());
    }

    [Fact]
    public async Task Errors_are_seen_and_never_stop_a_listener()
    {
        var asNumber = Topic.Create<int>("arrivals");
        var got = new Recording<string>();
        var client = await StartClientAsync(b => b
            .Listen(asNumber, "cannot-decode", (_, _) => Task.CompletedTask)
            .Listen(Arrivals, "throws", (_, _) => throw new FormatException("at once"), new ListenOptions { Concurrency = 1 })
            .Listen(
                Arrivals,
                "throws-sometimes",
                (a, _) => a.Name == "bad" ? Task.FromException(new FormatException("later")) : Note(got, a.Name),
                new ListenOptions { Concurrency = 1 }));
        foreach (var name in (string[])["bad", "good", "bad", "fine"]) Assert.Equal(3, (await client.PublishAsync(Arrivals, new Arrival(name))).Listeners);
        Assert.Equal(["good", "fine"], await got.Reaches(2).Soon());

        var infos = await LookUntilAsync(client, infos => infos.Sum(i => i.Handled + i.Failed) == 12);
        Assert.Equal([4, 4, 2], infos.Select(i => i.Failed));
        Assert.Contains(nameof(PayloadDecodingException), infos[0].LastError, StringComparison.Ordinal);
        Assert.Equal("FormatException: at once", infos[1].LastError);
        Assert.Equal(("FormatException: later", 2L), (infos[2].LastError, infos[2].Handled));
    }

    [Fact]
    public async Task A_publisher_who_cancels_does_not_cancel_handlers()
    {
        var entered = new TaskCompletionSource<TopicContext>(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = await StartClientAsync(b => b.Listen(Arrivals, "slow", async (_, context) =>
        {
            entered.TrySetResult(context);
            await go.Task;
            done.TrySetResult(context.Cancellation.IsCancellationRequested);
        }));
        JobRequest.Id = "request-1";
        JobRequest.User = "ada";
        using var publisher = new CancellationTokenSource();
        await client.PublishAsync(Arrivals, new Arrival("x"), null, publisher.Token);
        var context = await entered.Task.Soon();
        await publisher.CancelAsync();
        go.SetResult();
        Assert.False(await done.Task.Soon());
        Assert.Equal(("arrivals", "slow", "request-1", "ada"), (context.Topic, context.Subscription, context.RequestId, context.User));
    }

    [Fact]
    public async Task A_disposed_listener_gets_nothing_more_and_its_handlers_are_told_to_stop()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = await StartClientAsync(b => b.StopTime = TimeSpan.FromHours(1));
        var listener = client.Topics.Listen(Arrivals, "one", async (_, context) =>
        {
            entered.TrySetResult();
            await using var told = context.Cancellation.Register(stopped.SetResult);
            await stopped.Task;
        });
        await client.PublishAsync(Arrivals, new Arrival("x"));
        await entered.Task.Soon();
        await listener.DisposeAsync().Soon();
        Assert.True(stopped.Task.IsCompleted);
        await listener.DisposeAsync().Soon();
        Assert.Equal(0, (await client.PublishAsync(Arrivals, new Arrival("y"))).Reached);

        // Its name is free again, and a handler may end its own listener.
        ITopicListener? own = null;
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        own = client.Topics.Listen(Arrivals, "one", async (_, _) =>
        {
            await own!.DisposeAsync();
            ended.SetResult();
        });
        await client.PublishAsync(Arrivals, new Arrival("z"));
        await ended.Task.Soon();
        Assert.Empty(await client.Topics.ListAsync());
    }

    [Fact]
    public async Task What_finds_no_room_is_dropped_and_counted()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new Recording<string>();
        var client = await StartClientAsync(b => b.Listen(
            Arrivals,
            "slow",
            async (a, _) =>
            {
                entered.Add(a.Name);
                await go.Task;
            },
            new ListenOptions { Concurrency = 1, BufferMessages = 1 }));
        await client.PublishAsync(Arrivals, new Arrival("runs"));
        await entered.Reaches(1).Soon();
        Assert.Equal(1, (await client.PublishAsync(Arrivals, new Arrival("waits"))).Listeners);
        var dropped = await client.PublishAsync(Arrivals, new Arrival("dropped"));
        Assert.Equal((0, 1, 0), (dropped.Listeners, dropped.Dropped, dropped.Reached));
        var info = Assert.Single(await client.Topics.ListAsync());
        Assert.Equal((1, 1L), (info.Waiting, info.Dropped));
        go.SetResult();
        Assert.Equal(["runs", "waits"], await entered.Reaches(2).Soon());
    }

    [Fact]
    public async Task A_stop_lets_listeners_finish_and_then_nothing_is_published_or_listened_to()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handled = new Recording<string>();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var engine = await StartAsync(b =>
        {
            b.DrainTime = TimeSpan.FromHours(1);
            b.Listen(
                Arrivals,
                "one",
                async (a, _) =>
                {
                    entered.TrySetResult();
                    await go.Task;
                    handled.Add(a.Name);
                },
                new ListenOptions { Concurrency = 1 });
        });
        await engine.Client.PublishAsync(Arrivals, new Arrival("runs"));
        await engine.Client.PublishAsync(Arrivals, new Arrival("waits"));
        await entered.Task.Soon();
        var stop = engine.StopAsync();
        go.SetResult();
        await stop.Soon();
        Assert.Equal(["runs", "waits"], handled.Items);
        await engine.StopAsync().Soon();
        await Assert.ThrowsAsync<ServiceStoppedException>(() => engine.Client.PublishAsync(Arrivals, new Arrival("x")).AsTask().Soon());
        Assert.Throws<ServiceStoppedException>(() => engine.Client.Topics.Listen(Arrivals, "late", (_, _) => Task.CompletedTask));
        await Assert.ThrowsAsync<ServiceStoppedException>(() => engine.Client.Topics.SubscribeAsync(Mail).AsTask().Soon());
    }

    [Fact]
    public async Task A_message_that_cannot_be_written_reaches_nobody()
    {
        var topic = Topic.Create<object>("odd");
        var got = new Recording<string>();
        var client = await StartClientAsync(b => b.Listen(topic, "one", (_, _) => Note(got, "something")));
        await client.Topics.SubscribeAsync(topic.Subscription("durable")).Soon();
        await Assert.ThrowsAsync<PayloadEncodingException>(() => client.PublishAsync(topic, typeof(string)).AsTask().Soon());
        await Assert.ThrowsAsync<PayloadEncodingException>(() => client.PublishAsync(topic, null!).AsTask().Soon());
        await Assert.ThrowsAsync<LimitExceededException>(() => client.PublishAsync(topic, new string('x', 300_000)).AsTask().Soon());
        Assert.Empty(got.Items);
        Assert.Equal(0, (await client.CountAsync()).Unfinished);
    }

    private static Task Note<T>(Recording<T> recording, T item)
    {
        recording.Add(item);
        return Task.CompletedTask;
    }

    private static Task Note(Recording<(string Listener, Arrival Message)> recording, TopicContext context, Arrival message) =>
        Note(recording, (context.Subscription, message));

    private static Task<IReadOnlyList<TopicSubscriptionInfo>> LookUntilAsync(IJobClient client, Func<IReadOnlyList<TopicSubscriptionInfo>, bool> holds)
    {
        return LookAsync().Soon();

        async Task<IReadOnlyList<TopicSubscriptionInfo>> LookAsync()
        {
            while (true)
            {
                var infos = await client.Topics.ListAsync();
                if (holds(infos)) return infos;
                await Task.Yield();
            }
        }
    }

    public sealed record Arrival(string Name);
}

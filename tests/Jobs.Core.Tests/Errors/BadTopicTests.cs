using Jobs.Conformance;

namespace Jobs.Core.Tests.Errors;

/// <summary>One test for each way of getting a topic wrong.</summary>
public sealed class BadTopicTests
{
    private static readonly Topic<string> News = Topic.Create<string>("news");

    [Fact, Provokes(typeof(DuplicateSubscriptionException))]
    public async Task Two_listeners_of_one_name()
    {
        await using var engine = await EmbeddedJobs.StartAsync(b => b.Listen(News, "one", (_, _) => Task.CompletedTask));
        var error = Refusal.Of<DuplicateSubscriptionException>(() => engine.Client.Topics.Listen(News, "one", (_, _) => Task.CompletedTask), "another name");
        Assert.Equal(("news", "one"), (error.Topic, error.Subscription));
    }

    [Fact]
    public void Names_that_cannot_be()
    {
        Refusal.Of<InvalidNameException>(() => Topic.Create<string>("two words"), "use ASCII letters");
        Refusal.Of<InvalidNameException>(() => Topic.Create<string>(new string('x', 101)), "at most 100");
        Refusal.Of<InvalidNameException>(() => News.Subscription(new string('x', 61)), "at most 60");
        var longName = Topic.Create<string>(new string('x', 100));
        Refusal.Of<InvalidNameException>(() => longName.Subscription("mail"), "at most 64");
        Assert.Equal("mail", longName.Subscription("mail", o => o.Queue = "mail").Task.DefaultOptions.Queue!.Value.Value);
    }

    [Fact]
    public async Task Options_that_make_no_sense()
    {
        await using var engine = await EmbeddedJobs.StartAsync(_ => { });
        Refusal.Of<InvalidJobOptionException>(() => News.Subscription("mail", o => o.Codec = RawPayloadCodec.Instance), "set it on the topic");
        foreach (var options in (ListenOptions[])[new() { Concurrency = 0 }, new() { BufferMessages = 0 }])
        {
            Refusal.Of<InvalidJobOptionException>(
                () => engine.Client.Topics.Listen(News, "one", (_, _) => Task.CompletedTask, options), "use a positive number");
        }

        Refusal.Of<InvalidNameException>(() => engine.Client.Topics.Listen(News, "two words", (_, _) => Task.CompletedTask), "use ASCII letters");
        Assert.Empty(await engine.Client.Topics.ListAsync());
    }

    [Fact]
    public async Task A_durable_subscription_without_a_place_for_it()
    {
        await using var engine = await EmbeddedJobs.StartAsync(b => b.UseStore(_ => new Without()));
        await Refusal.Of<SettingsNotKeptException>(() => engine.Client.Topics.SubscribeAsync(News.Subscription("mail")).AsTask(), "Use a store that does");
        await using var declaring = EmbeddedJobs.Create(b => b.UseStore(_ => new Without()).Subscribe(News.Subscription("mail"), (_, _) => Task.CompletedTask));
        await Refusal.Of<SettingsNotKeptException>(() => declaring.StartAsync(), "Use a store that does");
    }

    private sealed class Without() : Embedded.StoreDecorator(new InMemoryJobStore())
    {
        public override ISettingStore? Settings => null;
    }
}

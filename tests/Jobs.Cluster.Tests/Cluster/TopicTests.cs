using Jobs.Client;
using Jobs.Conformance;
using Jobs.Core;
using Orleans.Runtime;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Topics over processes: every silo and every client may listen, and every silo knows the durable subscriptions (B10).</summary>
public sealed class TopicTests : IAsyncDisposable
{
    private static readonly Topic<string> News = Topic.Create<string>("news");
    private static readonly TopicSubscription<string> Archive = News.Subscription("archive");
    private readonly Recording<string> _heard = new();
    private readonly TestSilos _silos;

    public TopicTests()
    {
        var store = new SharedStore(new InMemoryJobStore());
        _silos = new TestSilos(
            jobs => jobs
                .Subscribe(Archive, (string _, JobContext _) => Task.CompletedTask)
                .Listen(News, "silo", (text, context) => Note(context, text)),
            () => store,
            TimeProvider.System,
            siloListeners: true);
    }

    public ValueTask DisposeAsync() => _silos.DisposeAsync();

    [Fact]
    public async Task What_is_published_reaches_the_listeners_of_all_processes_once()
    {
        await _silos.StartAsync().Soon();
        var other = new ClusterJobClient(_silos.Cluster.Client);
        other.Topics.Listen(News, "door", (text, context) => Note(context, text));
        _silos.Client.Topics.Listen(News, "own", (text, context) => Note(context, text));
        await PublishUntilAsync(TestSilos.Silos + 2);

        var receipt = await _silos.Client.PublishAsync(News, "once").Soon();
        Assert.Equal((TestSilos.Silos + 2, 0, 1), (receipt.Listeners, receipt.Dropped, receipt.Durable));
        var heard = await HeardAsync("once", TestSilos.Silos + 2);
        Assert.Equal(["door", "own", "silo", "silo", "silo"], heard.Order());

        await other.TopicClient.StopAsync(TimeSpan.Zero).Soon();
        Assert.Equal(TestSilos.Silos + 1, (await _silos.Client.PublishAsync(News, "closed").Soon()).Listeners);
        Assert.Equal(["own", "silo", "silo", "silo"], (await HeardAsync("closed", TestSilos.Silos + 1)).Order());
        Assert.Throws<ServiceStoppedException>(() => other.Topics.Listen(News, "late", (_, _) => Task.CompletedTask));
    }

    [Fact]
    public async Task Listeners_are_found_again_when_the_grain_that_knew_them_is_gone()
    {
        await _silos.StartAsync().Soon();
        await PublishUntilAsync(TestSilos.Silos);
        await _silos.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero).Soon();
        await PublishUntilAsync(TestSilos.Silos);
    }

    [Fact]
    public async Task A_subscription_is_known_to_every_silo_when_the_call_returns()
    {
        await _silos.StartAsync().Soon();
        Assert.All(_silos.Nodes, node => Assert.Equal("archive", Assert.Single(node.Subscriptions).Name));
        var more = News.Subscription("more");
        await _silos.Client.Topics.SubscribeAsync(more).Soon();
        Assert.All(_silos.Nodes, node => Assert.Equal(["archive", "more"], node.Subscriptions.Select(s => s.Name)));
        Assert.True(await _silos.Client.Topics.UnsubscribeAsync(more).Soon());
        Assert.All(_silos.Nodes, node => Assert.Single(node.Subscriptions));
    }

    private Task Note(TopicContext context, string text)
    {
        _heard.Add($"{text} {context.Subscription}");
        return Task.CompletedTask;
    }

    private async Task<IEnumerable<string>> HeardAsync(string text, int listeners)
    {
        while (true)
        {
            var all = _heard.Items;
            var heard = all.Where(line => line.StartsWith(text + " ", StringComparison.Ordinal)).ToList();
            if (heard.Count >= listeners) return heard.Select(line => line[(text.Length + 1)..]);
            await _heard.Reaches(all.Count + 1).Soon();
        }
    }

    /// <summary>A process that begins to listen says so on its own time.</summary>
    private Task PublishUntilAsync(int listeners)
    {
        return PublishAsync().Soon();

        async Task PublishAsync()
        {
            while ((await _silos.Client.PublishAsync(News, "anybody?")).Listeners != listeners) await Task.Yield();
        }
    }
}

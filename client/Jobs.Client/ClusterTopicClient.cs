using Jobs.Core;
using Jobs.Grains.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;

namespace Jobs.Client;

/// <summary>
/// Topics of a cluster. Durable subscriptions are known to every silo, and their jobs are one batch. Then listeners are told: those of this
/// process at once, those of others through the topic's grain, once and no more, whatever becomes of that call.
/// </summary>
internal sealed class ClusterTopicClient : ITopicClient
{
    private readonly ClusterJobClient _jobs;
    private readonly IGrainFactory _grains;
    private readonly ClusterCalls _calls;
    private readonly IPayloadCodec _codec;
    private readonly ListenerEnvironment _environment;
    private readonly TopicListeners _listeners;
    private readonly ListeningPost _post;
    private volatile bool _isStopped;

    internal ClusterTopicClient(ClusterJobClient jobs, IGrainFactory grains, ClusterCalls calls, JobsClientOptions options, IServiceProvider? services)
    {
        (_jobs, _grains, _calls, _codec) = (jobs, grains, calls, options.Codec);
        services ??= NoServices.Instance;
        ILogger log = services.GetService<ILoggerFactory>()?.CreateLogger("Jobs") ?? (ILogger)NullLogger.Instance;
        _environment = new ListenerEnvironment(services, options.Clock, log, JobLimits.Default.MaxErrorChars, options.StopTime);
        _listeners = new TopicListeners(_environment);
        _post = new ListeningPost(grains, _listeners, log);
    }

    private IJobDirectory Directory => _grains.GetGrain<IJobDirectory>(0);

    public async ValueTask<PublishReceipt> PublishAsync<TMessage>(
        Topic<TMessage> topic, TMessage message, Action<EnqueueOptions>? configure = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        RequireRunning("publish messages");
        var bytes = TopicMessages.Encode(topic, message, _codec);
        var subscriptions = await _calls.AskAsync(
            _ => Directory.DescribeTopicAsync(topic.Name, bytes.Length), "publish messages", cancellation).ConfigureAwait(false);
        var jobs = subscriptions.Select(s => TopicMessages.ToJob(
            SubscriptionNames.TaskOf(s.Topic, s.Name), s.Options.ToOptions(), topic.Codec, bytes, configure)).ToList();
        var handles = jobs.Count == 0 ? [] : await _jobs.EnqueueAsync(jobs, cancellation).ConfigureAwait(false);
        var (listeners, dropped) = _listeners.Take(topic.Name, bytes, JobRequest.Id, JobRequest.User);
        var elsewhere = await _post.DeliverAsync(topic.Name, bytes).ConfigureAwait(false);
        return new PublishReceipt { Jobs = handles, Listeners = listeners + elsewhere.Listeners, Dropped = dropped + elsewhere.Dropped };
    }

    public ITopicListener Listen<TMessage>(
        Topic<TMessage> topic, string name, Func<TMessage, TopicContext, Task> handler, ListenOptions? options = null)
    {
        RequireRunning("listen to topics");
        return _listeners.Listen(topic, name, handler, options, _codec);
    }

    public async ValueTask SubscribeAsync<TMessage>(TopicSubscription<TMessage> subscription, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        RequireRunning("subscribe");
        var message = new SubscriptionMessage
        {
            Topic = subscription.Topic.Name,
            Name = subscription.Name,
            Options = JobOptionsMessage.From(EnqueueOptions.Of(subscription.Task.Options)),
        };
        var by = JobRequest.User;
        await _calls.AskAsync(
            async _ =>
            {
                await Directory.SubscribeAsync(message, by).ConfigureAwait(false);
                return true;
            },
            "subscribe",
            cancellation).ConfigureAwait(false);
    }

    public async ValueTask<bool> UnsubscribeAsync<TMessage>(
        TopicSubscription<TMessage> subscription, bool withWaitingMessages = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        RequireRunning("unsubscribe");
        var removed = await _calls.AskAsync(
            _ => Directory.UnsubscribeAsync(subscription.Topic.Name, subscription.Name), "unsubscribe", cancellation).ConfigureAwait(false);
        if (withWaitingMessages)
            await _jobs.ApplyAsync(TopicMessages.WaitingOf(subscription.Task), JobAction.Delete(), cancellation).ConfigureAwait(false);
        return removed;
    }

    public async ValueTask<IReadOnlyList<TopicSubscriptionInfo>> ListAsync(CancellationToken cancellation = default)
    {
        RequireRunning("list subscriptions");
        var stored = await _calls.AskAsync(_ => Directory.ListSubscriptionsAsync(), "list subscriptions", cancellation).ConfigureAwait(false);
        return [.. stored.Select(InfoOf), .. _listeners.All.Select(listener => listener.Info)];
    }

    /// <summary>Lets this process's listeners finish for a time, and ends them.</summary>
    internal async Task StopAsync(TimeSpan drainTime)
    {
        if (_isStopped) return;
        var left = _post.LeaveAsync();
        await _listeners.StopAsync(drainTime).ConfigureAwait(false);
        await left.ConfigureAwait(false);
        _isStopped = true;
    }

    private static TopicSubscriptionInfo InfoOf(SubscriptionMessage s) => new()
    {
        Topic = s.Topic,
        Name = s.Name,
        IsDurable = true,
        Since = s.Since,
        Queue = s.Options.Queue,
        Task = SubscriptionNames.TaskOf(s.Topic, s.Name),
    };

    private void RequireRunning(string action)
    {
        if (_isStopped) throw new ServiceStoppedException(action);
    }

    /// <summary>The services of a client that was made without any.</summary>
    private sealed class NoServices : IServiceProvider, IServiceScopeFactory, IServiceScope
    {
        internal static NoServices Instance { get; } = new();

        public IServiceProvider ServiceProvider => this;

        public object? GetService(Type serviceType) => serviceType == typeof(IServiceScopeFactory) ? this : null;

        public IServiceScope CreateScope() => this;

        public void Dispose()
        {
        }
    }
}

using System.Threading.Channels;
using Jobs.Core;
using Jobs.Grains.Contracts;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Jobs.Client;

/// <summary>
/// How a process hears of messages that others publish: it tells the grains of the topics that it listens, and tells them again now and then,
/// because they forget it with their silo.
/// </summary>
internal sealed class ListeningPost : ITopicObserver
{
    /// <summary>How often listening is said again; a grain forgets whoever has not said so for three times as long.</summary>
    internal static readonly TimeSpan RenewTime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryTime = TimeSpan.FromMilliseconds(200);

    private readonly Guid _process = Guid.NewGuid();
    private readonly IGrainFactory _grains;
    private readonly TopicListeners _listeners;
    private readonly ILogger _log;
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly HashSet<string> _attached = new(StringComparer.Ordinal);
    private ITopicObserver? _reference;
    private Task _telling = Task.CompletedTask;
    private int _isTelling;

    internal ListeningPost(IGrainFactory grains, TopicListeners listeners, ILogger log)
    {
        (_grains, _listeners, _log) = (grains, listeners, log);
        listeners.TopicsChanged += OnTopicsChanged;
    }

    Task<TopicDelivery> ITopicObserver.ReceiveAsync(TopicMessage message)
    {
        var (listeners, dropped) = _listeners.Take(message.Topic, message.Bytes, message.RequestId, message.User);
        return Task.FromResult(new TopicDelivery { Listeners = listeners, Dropped = dropped });
    }

    /// <summary>Gives a message to the listeners of other processes. What cannot be told is not repeated: it might come twice.</summary>
    internal async Task<TopicDelivery> DeliverAsync(string topic, ReadOnlyMemory<byte> bytes)
    {
        var message = new TopicMessage { Topic = topic, Bytes = bytes, Publisher = _process, RequestId = JobRequest.Id, User = JobRequest.User };
        try
        {
            return await _grains.GetGrain<ITopic>(topic).DeliverAsync(message).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            ClientLog.NotDelivered(_log, e, topic);
            return new TopicDelivery();
        }
    }

    /// <summary>Listens no more.</summary>
    internal async Task LeaveAsync()
    {
        _listeners.TopicsChanged -= OnTopicsChanged;
        _changes.Writer.TryComplete();
        await _telling.ConfigureAwait(false);
    }

    private void OnTopicsChanged()
    {
        // On a thread of the pool: whoever listens may be on a grain's turn, where no observer can be made.
        if (Interlocked.Exchange(ref _isTelling, 1) == 0) _telling = Task.Run(TellAsync);
        _changes.Writer.TryWrite(true);
    }

    private async Task TellAsync()
    {
        Task<bool>? change = null;
        do
        {
            while (_changes.Reader.TryRead(out _))
            {
            }

            var wait = await TellOnceAsync(_listeners.Topics).ConfigureAwait(false) ? RenewTime : RetryTime;
            change = change is { IsCompleted: false } ? change : _changes.Reader.WaitToReadAsync().AsTask();
            await Task.WhenAny(change, Task.Delay(wait, TimeProvider.System)).ConfigureAwait(false);
        }
        while (!change.IsCompleted || await change.ConfigureAwait(false));

        await TellOnceAsync([]).ConfigureAwait(false);
        if (_reference is not null) _grains.DeleteObjectReference<ITopicObserver>(_reference);
    }

    /// <summary>Says what is listened to, and what is not any more; false if it could not be said.</summary>
    private async Task<bool> TellOnceAsync(IReadOnlyList<string> topics)
    {
        try
        {
            _reference ??= _grains.CreateObjectReference<ITopicObserver>(this);
            foreach (var topic in topics)
            {
                await _grains.GetGrain<ITopic>(topic).AttachAsync(_process, _reference).ConfigureAwait(false);
                _attached.Add(topic);
            }

            foreach (var topic in _attached.Except(topics).ToList())
            {
                _attached.Remove(topic);
                await _grains.GetGrain<ITopic>(topic).DetachAsync(_process).ConfigureAwait(false);
            }

            return true;
        }
        catch (Exception e)
        {
            if (!_changes.Reader.Completion.IsCompleted) ClientLog.NotAttached(_log, e);
            return false;
        }
    }
}

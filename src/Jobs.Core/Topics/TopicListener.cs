using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Core;

/// <summary>
/// A listener: a bounded buffer and a few loops that take from it. Nothing that a handler does reaches the publisher or ends a loop; a
/// handler has the listener's token and not the publisher's.
/// </summary>
internal sealed class TopicListener : ITopicListener
{
    private static readonly AsyncLocal<TopicListener?> Inside = new();

    private readonly Channel<Message> _buffer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<ReadOnlyMemory<byte>, TopicContext, Task> _handler;
    private readonly Action<TopicListener> _leave;
    private readonly ListenerEnvironment _environment;
    private readonly DateTimeOffset _since;
    private readonly Task _loops;
    private long _handled;
    private long _failed;
    private long _dropped;
    private int _running;
    private int _isFull;
    private volatile string? _lastError;

    internal TopicListener(
        string topic, string name, ListenOptions options, Func<ReadOnlyMemory<byte>, TopicContext, Task> handler, Action<TopicListener> leave,
        ListenerEnvironment environment)
    {
        Topic = topic;
        Name = name;
        _handler = handler;
        _leave = leave;
        _environment = environment;
        _since = environment.Clock.GetUtcNow();
        _buffer = Channel.CreateBounded<Message>(new BoundedChannelOptions(options.BufferMessages));
        using (ExecutionContext.SuppressFlow())
            _loops = Task.WhenAll(Enumerable.Range(0, options.Concurrency).Select(_ => Task.Run(LoopAsync)));
    }

    public string Topic { get; }

    public string Name { get; }

    public TopicSubscriptionInfo Info => new()
    {
        Topic = Topic,
        Name = Name,
        IsDurable = false,
        Since = _since,
        Handled = Interlocked.Read(ref _handled),
        Failed = Interlocked.Read(ref _failed),
        Dropped = Interlocked.Read(ref _dropped),
        Waiting = _buffer.Reader.Count,
        LastError = _lastError,
    };

    public ValueTask DisposeAsync() => StopAsync(TimeSpan.Zero);

    /// <summary>Takes a message in; false if there is no room for it, or the listener has ended.</summary>
    internal bool TryTake(ReadOnlyMemory<byte> message, string? requestId, string? user)
    {
        if (_buffer.Writer.TryWrite(new Message(message, requestId, user)))
        {
            Volatile.Write(ref _isFull, 0);
            return true;
        }

        if (_buffer.Reader.Completion.IsCompleted || _stop.IsCancellationRequested) return false;
        Interlocked.Increment(ref _dropped);
        if (Interlocked.Exchange(ref _isFull, 1) == 0) TopicLog.Full(_environment.Log, Topic, Name);
        return false;
    }

    /// <summary>Takes nothing more, lets what is there be handled for a time, and then tells the handlers to stop.</summary>
    internal async ValueTask StopAsync(TimeSpan drainTime)
    {
        _leave(this);
        _buffer.Writer.TryComplete();
        if (drainTime > TimeSpan.Zero) await WaitAsync(drainTime).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);

        // A handler that ends its own listener would wait for itself.
        if (ReferenceEquals(Inside.Value, this)) return;
        if (!await WaitAsync(_environment.StopTime).ConfigureAwait(false)) TopicLog.Left(_environment.Log, Volatile.Read(ref _running), Topic, Name);
    }

    private async Task<bool> WaitAsync(TimeSpan time)
    {
        try
        {
            await _loops.WaitAsync(Times.ForTimer(time), _environment.Clock).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return _loops.IsCompleted;
        }
    }

    private async Task LoopAsync()
    {
        while (await _buffer.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_buffer.Reader.TryRead(out var message))
            {
                if (_stop.IsCancellationRequested) continue;
                Interlocked.Increment(ref _running);
                await HandleAsync(message).ConfigureAwait(false);
                Interlocked.Decrement(ref _running);
            }
        }
    }

    private async Task HandleAsync(Message message)
    {
        try
        {
            Inside.Value = this;
            JobRequest.Id = message.RequestId;
            JobRequest.User = message.User;
            var scope = _environment.Services.CreateAsyncScope();
            await using var disposing = scope.ConfigureAwait(false);
            var context = new TopicContext(Topic, Name, message.RequestId, message.User, scope.ServiceProvider, _stop.Token);
            await (_handler(message.Bytes, context) ?? throw new InvalidHandlerResultException(Topic, "returned null instead of a Task")).ConfigureAwait(false);
            Interlocked.Increment(ref _handled);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It did as it was told.
        }
        catch (Exception e)
        {
            Interlocked.Increment(ref _failed);
            _lastError = Text.Cut($"{e.GetType().Name}: {e.Message}", _environment.MaxErrorChars);
            TopicLog.Failed(_environment.Log, e, Topic, Name);
        }
    }

    private readonly record struct Message(ReadOnlyMemory<byte> Bytes, string? RequestId, string? User);
}

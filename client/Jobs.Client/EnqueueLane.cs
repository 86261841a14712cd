using Jobs.Grains.Contracts;

namespace Jobs.Client;

/// <summary>
/// The way of new jobs to one partition. A call that comes while others are open waits for one of them, and then goes with all that wait:
/// many callers share a message, and one alone waits for nobody. Each request is committed or refused by itself.
/// </summary>
internal sealed class EnqueueLane(IQueuePartition partition)
{
    /// <summary>
    /// One call is on its way, one is read, one is committed and one is answered: with fewer the store waits for the next call, with more each
    /// call carries less.
    /// </summary>
    private const int MaxOpenCalls = 4;

    private const int MaxJobsPerCall = 1000;

    /// <summary>A call that is open for longer may have gone to a silo that was killed; what comes later does not wait for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = new();
    private int _open;
    private long _lastOpened;

    /// <summary>Returns the reply to this request.</summary>
    /// <param name="request">New jobs of the partition.</param>
    /// <param name="cancellation">Ends the wait for room of a request that goes alone.</param>
    internal Task<EnqueueReply> SendAsync(EnqueueRequest request, CancellationToken cancellation)
    {
        var waiting = new Waiting(request, cancellation);
        lock (_gate)
        {
            _waiting.Enqueue(waiting);
            if (_open >= MaxOpenCalls && TimeProvider.System.GetElapsedTime(_lastOpened) < Patience) return waiting.Reply.Task;
            _open++;
        }

        Open();
        return waiting.Reply.Task;
    }

    /// <summary>Uses the place of an open call for those who wait, or gives it up.</summary>
    private void Open()
    {
        List<Waiting> together;
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _open--;
                return;
            }

            _lastOpened = TimeProvider.System.GetTimestamp();
            together = [_waiting.Dequeue()];
            for (var jobs = together[0].Jobs; _waiting.TryPeek(out var next) && (jobs += next.Jobs) <= MaxJobsPerCall;) together.Add(_waiting.Dequeue());
        }

        _ = CallAsync(together);
    }

    private async Task CallAsync(List<Waiting> together)
    {
        try
        {
            if (together is [var single])
            {
                await SendAloneAsync(single).ConfigureAwait(false);
                return;
            }

            var others = new EnqueueRequest[together.Count - 1];
            for (var i = 0; i < others.Length; i++) others[i] = together[i + 1].Request;
            var request = together[0].Request with { Others = others };
            var reply = await partition.EnqueueAsync(request, CancellationToken.None).ConfigureAwait(false);
            Settle(together[0], reply);

            // A silo of an earlier version knows nothing of the others, and has not touched them.
            for (var i = 1; i < together.Count; i++) Settle(together[i], reply.Others is { } replies ? replies[i - 1] : EnqueueReply.PutOff);
        }
        catch (Exception e)
        {
            foreach (var waiting in together) waiting.Reply.TrySetException(e);
        }
        finally
        {
            Open();
        }
    }

    private void Settle(Waiting waiting, EnqueueReply reply)
    {
        if (reply.IsPutOff) _ = SendAloneAsync(waiting);
        else if (reply.Error is { } error) waiting.Reply.TrySetException(error);
        else waiting.Reply.TrySetResult(reply);
    }

    private async Task SendAloneAsync(Waiting waiting)
    {
        try
        {
            waiting.Reply.TrySetResult(await partition.EnqueueAsync(waiting.Request, waiting.Cancellation).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            waiting.Reply.TrySetException(e);
        }
    }

    private sealed class Waiting(EnqueueRequest request, CancellationToken cancellation)
    {
        internal EnqueueRequest Request { get; } = request;

        internal CancellationToken Cancellation { get; } = cancellation;

        internal int Jobs => Request.Jobs.Length;

        internal TaskCompletionSource<EnqueueReply> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

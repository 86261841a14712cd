using Jobs.Client;
using Jobs.Grains.Contracts;
using Orleans;
using Orleans.Concurrency;

namespace Jobs.Grains;

/// <inheritdoc cref="ITopic"/>
[Reentrant]
internal sealed class TopicGrain : Grain, ITopic
{
    /// <summary>How long a process has to take a message. It only puts it into buffers, so one that takes longer is gone or stands still.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Forgetting = 3 * ListeningPost.RenewTime;

    private readonly Dictionary<Guid, Attachment> _processes = [];

    public Task AttachAsync(Guid process, ITopicObserver observer)
    {
        _processes[process] = new Attachment(observer, TimeProvider.System.GetTimestamp());
        return Task.CompletedTask;
    }

    public Task DetachAsync(Guid process)
    {
        _processes.Remove(process);
        return Task.CompletedTask;
    }

    public async Task<TopicDelivery> DeliverAsync(TopicMessage message)
    {
        foreach (var (process, attachment) in _processes)
        {
            if (TimeProvider.System.GetElapsedTime(attachment.Since) > Forgetting) _processes.Remove(process);
        }

        var told = await Task.WhenAll(_processes.Where(p => p.Key != message.Publisher).Select(p => TellAsync(p.Key, p.Value, message)));
        return new TopicDelivery { Listeners = told.Sum(d => d.Listeners), Dropped = told.Sum(d => d.Dropped) };
    }

    private async Task<TopicDelivery> TellAsync(Guid process, Attachment attachment, TopicMessage message)
    {
        try
        {
            return await attachment.Observer.ReceiveAsync(message).WaitAsync(Patience, TimeProvider.System);
        }
        catch (Exception)
        {
            // It comes back by itself, if it is still there.
            if (_processes.TryGetValue(process, out var now) && now == attachment) _processes.Remove(process);
            return new TopicDelivery();
        }
    }

    private sealed record Attachment(ITopicObserver Observer, long Since);
}

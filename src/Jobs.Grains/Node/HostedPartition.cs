using Jobs.Core;

namespace Jobs.Grains.Node;

/// <summary>A partition that this silo serves: its runner, and how full it is.</summary>
/// <param name="runner">The loop around the partition.</param>
/// <param name="queue">The room and the worker of this partition's queue.</param>
/// <param name="events">What its commits bring about.</param>
/// <param name="drop">Has the partition's grain leave this silo.</param>
internal sealed class HostedPartition(PartitionRunner runner, JobQueue queue, EngineEvents events, Action drop)
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isQuiet;
    private bool _isReminderWrong;

    internal PartitionRunner Runner { get; } = runner;

    internal JobQueue Queue { get; } = queue;

    internal EngineEvents Events { get; } = events;

    internal PartitionKey Key => Runner.Key;

    /// <summary>What its running jobs take up of limits.</summary>
    internal required LimitAccount Limits { get; init; }

    /// <summary>True while it hands nothing out, because it is about to go elsewhere.</summary>
    internal bool IsQuiet
    {
        get => _isQuiet;
        set
        {
            _isQuiet = value;
            Runner.Post(PartitionMail.Wake.Instance);
        }
    }

    /// <summary>True once the partition goes elsewhere.</summary>
    internal bool HasLeft => Left.IsCompleted;

    /// <summary>Completes when the partition goes elsewhere, for calls that stay open.</summary>
    internal Task Left => _left.Task;

    /// <summary>Takes no calls any more, and ends those that wait for room or for a lease. Those who made them ask again.</summary>
    internal void Leave()
    {
        _left.TrySetResult();
        Queue.Close();
    }

    /// <summary>Has the partition's grain leave this silo.</summary>
    internal void Drop() => drop();

    /// <summary>True if there are unfinished jobs.</summary>
    internal bool HasWork => Queue.UnfinishedJobs > 0;

    /// <summary>Has the partition's grain register its reminder if there is work, else remove it; set by the grain.</summary>
    internal Func<Task> KeepReminderAsync { get; set; } = static () => Task.CompletedTask;

    /// <summary>Whether the grain has a reminder; set by the grain.</summary>
    internal bool HasReminder { get; set; }

    /// <summary>Whether the reminder is to be registered or removed, because it was so at the look before as well.</summary>
    internal bool IsReminderDue()
    {
        var isWrong = HasWork != HasReminder;
        var wasWrong = _isReminderWrong;
        _isReminderWrong = isWrong;
        return isWrong && wasWrong;
    }
}

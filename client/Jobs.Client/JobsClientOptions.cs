using System.Reflection;

namespace Jobs.Client;

/// <summary>How a client of a cluster behaves.</summary>
public sealed class JobsClientOptions
{
    /// <summary>Silos forget who has not asked for three times as long.</summary>
    private static readonly TimeSpan LongestPollTime = TimeSpan.FromSeconds(10);

    private readonly List<Action<ITopicClient>> _listeners = [];

    /// <summary>The codec of tasks that name none; default System.Text.Json. It must be the one of the silos.</summary>
    public IPayloadCodec Codec { get; set; } = JsonPayloadCodec.Default;

    /// <summary>The clock of ids and of waits with a time-out; default the system's.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>
    /// How often silos are asked about jobs that are still waited for, in case what they told was lost; default 3 seconds, at most 10. It must be
    /// shorter than <see cref="ResponseTimeout"/>.
    /// </summary>
    public TimeSpan PollTime { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a call of the process's Orleans client waits for an answer; default 5 seconds. A call to a silo that was killed hangs as long,
    /// before it is repeated. It holds for all grains that the process calls.
    /// </summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a call is repeated whose silo went away, with the same job ids, so that nothing is enqueued twice; default one minute. The last
    /// try may take <see cref="ResponseTimeout"/> more. After that the caller gets the last error, and of an enqueue, which may have been
    /// committed, a <see cref="Core.CommitFateUnknownException"/>.
    /// </summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a call waits before it is repeated; default 50 milliseconds. It is doubled each time, up to a second.</summary>
    public TimeSpan RepeatDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The name of this process's consumer, in records of jobs that it leases without another name; default machine name and process id.</summary>
    public string ConsumerName { get; set; } = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>How long listeners of this process may go on with what they have when it stops; default 25 seconds.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long they have to react after they were told to stop; default 3 seconds.</summary>
    public TimeSpan StopTime { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>What is around every enqueue of this client; the first one is the outermost.</summary>
    public IList<IEnqueueMiddleware> EnqueueMiddleware { get; } = [];

    /// <summary>
    /// The version of this process's code, kept with every job that it enqueues; default the informational version of the entry assembly, at
    /// most <see cref="JobLimits.MaxKeyChars"/> characters of it.
    /// </summary>
    public string CodeVersion { get; set; } = EntryVersion();

    internal IReadOnlyList<Action<ITopicClient>> Listeners => _listeners;

    /// <summary>Listens to a topic while the process runs whose services this client is one of; see <see cref="ITopicClient.Listen"/>.</summary>
    public JobsClientOptions Listen<TMessage>(
        Topic<TMessage> topic, string name, Func<TMessage, TopicContext, Task> handler, ListenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(handler);
        _listeners.Add(topics => topics.Listen(topic, name, handler, options));
        return this;
    }

    internal JobsClientOptions Checked()
    {
        if (DrainTime < TimeSpan.Zero) throw new InvalidJobOptionException(nameof(DrainTime), DrainTime, "use zero or a positive time");
        if (StopTime < TimeSpan.Zero) throw new InvalidJobOptionException(nameof(StopTime), StopTime, "use zero or a positive time");
        if (PollTime <= TimeSpan.Zero) throw new InvalidJobOptionException(nameof(PollTime), PollTime, "use a positive time");
        if (PollTime > LongestPollTime) throw new InvalidJobOptionException(nameof(PollTime), PollTime, $"use at most {LongestPollTime}");
        if (ResponseTimeout <= PollTime) throw new InvalidJobOptionException(nameof(ResponseTimeout), ResponseTimeout, $"use more than {PollTime}");
        if (RepeatDelay < TimeSpan.Zero) throw new InvalidJobOptionException(nameof(RepeatDelay), RepeatDelay, "use zero or a positive time");
        if (CallTimeout < TimeSpan.Zero) throw new InvalidJobOptionException(nameof(CallTimeout), CallTimeout, "use zero or a positive time");
        return this;
    }

    private static string EntryVersion()
    {
        var version = Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        return version.Length <= JobLimits.Default.MaxKeyChars ? version : version[..JobLimits.Default.MaxKeyChars];
    }
}

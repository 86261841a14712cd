using Jobs;

namespace ClusterApp;

/// <summary>What both sides know of the work: a name, a payload, a result.</summary>
internal static class AppTasks
{
    /// <summary>The queue has partitions for both silos; all silos must say the same.</summary>
    internal static readonly QueueName Greetings = "greetings";

    internal const int Partitions = 4;

    internal static readonly ResultTask<string, string> Greet = ResultTask.Create<string, string>("greet", options => options.Queue = Greetings);
}

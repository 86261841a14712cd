using Jobs.Core;
using Orleans;

namespace Jobs.Grains.Hosting;

/// <inheritdoc cref="NodeWorkers"/>
[GenerateSerializer]
[Alias("jobs.NodeWorkers")]
internal sealed record NodeWorkersMessage(
    [property: Id(0)] WorkerInfo? Own, [property: Id(1)] string[] TasksForOthers, [property: Id(2)] QueueName[]? Resting,
    [property: Id(3)] WorkerInfo[] Outside, [property: Id(4)] UnhandledTask[] Waiting)
{
    internal static NodeWorkersMessage From(NodeWorkers workers) => new(
        workers.Own, [.. workers.TasksForOthers], workers.Resting is { } resting ? [.. resting] : null, [.. workers.Outside], [.. workers.Waiting]);

    internal NodeWorkers ToNodeWorkers() => new()
    {
        Own = Own,
        TasksForOthers = TasksForOthers.ToHashSet(StringComparer.Ordinal),
        Resting = Resting,
        Outside = Outside,
        Waiting = Waiting,
    };
}

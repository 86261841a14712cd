using Jobs.Core;

namespace Jobs.Cluster.Tests.Cluster;

/// <summary>Changes the handlers of all silos alike.</summary>
internal sealed class AllRegistries(IReadOnlyList<TaskRegistry> registries) : ITaskRegistry
{
    public IReadOnlyCollection<string> Names => registries[0].Names;

    public IPayloadCodec Codec => registries[0].Codec;

    public void Add(TaskRegistration registration)
    {
        foreach (var registry in registries) registry.Add(registration);
    }

    public bool Remove(string task) => registries.Aggregate(false, (removed, registry) => registry.Remove(task) || removed);
}

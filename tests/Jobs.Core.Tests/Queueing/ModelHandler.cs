namespace Jobs.Core.Tests.Queueing;

/// <summary>A handler that runs one delivery of a job.</summary>
internal sealed class ModelHandler(ModelJob job, int delivery, ModelSink sink)
{
    internal ModelJob Job { get; } = job;

    internal int Delivery { get; } = delivery;

    internal ModelSink Sink { get; } = sink;

    /// <summary>Its outcome is on the way, so its slot is free again.</summary>
    internal bool HasReported { get; set; }
}

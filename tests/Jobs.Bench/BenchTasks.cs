namespace Jobs.Bench;

/// <summary>The tasks that are measured.</summary>
internal sealed class BenchTasks(BenchOptions options)
{
    internal TaskDefinition<Payload> NoOp { get; } =
        TaskDefinition.Create<Payload>("noop", o => o.Retention = new RetentionPolicy(TimeSpan.FromSeconds(options.KeepForSeconds)));

    internal TaskDefinition<Payload> Probe { get; } = TaskDefinition.Create<Payload>("latency");
}

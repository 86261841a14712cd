namespace Jobs.Cluster.Tests.Postgres;

[GenerateSerializer]
[Alias("Jobs.Cluster.Tests.ProbeState")]
public sealed class ProbeState
{
    [Id(0)]
    public int Number { get; set; }
}

namespace Jobs.Cluster.Crash.Tests;

/// <summary>A partition that is served again after its silo went away.</summary>
/// <param name="Number">The partition.</param>
/// <param name="After">How long it was not.</param>
/// <param name="Silo">Where it is now.</param>
/// <param name="SiloAge">How long that silo had been a member when the other one went.</param>
internal sealed record ServedPartition(int Number, TimeSpan After, string Silo, TimeSpan SiloAge)
{
    public override string ToString() => $"{Number} at {Silo} of {SiloAge.TotalSeconds:N0} s after {After.TotalMilliseconds:N0} ms";
}

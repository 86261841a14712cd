namespace Jobs.Samples.Tests;

/// <summary>Which form of the sample these tests run: the one on a cluster.</summary>
internal static class SampleProgram
{
    internal const string File = "ClusterQuickstart.dll";
}

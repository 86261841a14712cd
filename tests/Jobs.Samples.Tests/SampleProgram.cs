namespace Jobs.Samples.Tests;

/// <summary>Which form of the sample these tests run; the cluster's own project says another one.</summary>
internal static class SampleProgram
{
    internal const string File = "Quickstart.dll";
}

namespace Jobs.Conformance;

/// <summary>What an engine under test can do; suites ask, they never guess.</summary>
/// <param name="IsDurable">Committed jobs survive the end of the process.</param>
/// <param name="KeepsJobsOverRestart">A second engine of the same fixture finds the jobs that the first one left.</param>
public sealed record EngineCapabilities(bool IsDurable, bool KeepsJobsOverRestart);

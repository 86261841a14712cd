using System.Globalization;

namespace Jobs.Cluster.Crash.Tests;

/// <summary>Something that a process told, or that the test did to it.</summary>
/// <param name="At">The machine's monotonic time, which all its processes share.</param>
/// <param name="Source">The silo that told it; <see cref="Client"/> for the test's own client.</param>
/// <param name="Verb">What happened.</param>
/// <param name="Job">To which job; empty for none.</param>
/// <param name="Detail">The run or the result.</param>
internal sealed record CrashEvent(long At, string Source, string Verb, string Job = "", string Detail = "")
{
    internal const string Client = "client";

    /// <summary>Null for half a line: the writer was killed in the middle of it.</summary>
    internal static CrashEvent? Parse(string source, string line) => line.Split(' ') is [var at, var verb, .. var words, "."]
        ? new CrashEvent(long.Parse(at, CultureInfo.InvariantCulture), source, verb, words.ElementAtOrDefault(0) ?? "", words.ElementAtOrDefault(1) ?? "")
        : null;
}

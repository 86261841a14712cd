using System.Diagnostics;
using System.Globalization;

namespace Jobs.Cluster.CrashSilo;

/// <summary>
/// What the process knows, told line by line to the test: it has what was written even if the writer is killed the moment after. Each line
/// begins with the machine's monotonic time, which all its processes share, and ends with a full stop, so that half a line is told from a
/// whole one.
/// </summary>
internal sealed class SiloJournal(TextWriter output)
{
    private readonly Lock _gate = new();

    /// <summary>Tells what happens now or has happened.</summary>
    internal void Tell(params ReadOnlySpan<string> words)
    {
        var at = Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture);
        var line = string.Create(CultureInfo.InvariantCulture, $"{at} {string.Join(' ', words!)} .\n");
        lock (_gate)
        {
            output.Write(line);
            output.Flush();
        }
    }
}

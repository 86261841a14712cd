namespace Jobs.CrashWorker;

/// <summary>
/// What the process knows, told line by line to somebody outside: the parent that reads the pipe has what was written even if the writer
/// is killed the moment after. A line ends with a full stop, so half a line is told from a whole one.
/// </summary>
internal sealed class Journal(Action<string> write)
{
    private readonly Lock _gate = new();

    internal void Tell(params ReadOnlySpan<string> words)
    {
        var line = string.Join(' ', words!) + " .";
        lock (_gate) write(line);
    }

    internal static Journal To(TextWriter output) => new(line =>
    {
        output.Write(line + "\n");
        output.Flush();
    });
}

namespace Jobs.Crash.Tests;

/// <summary>A whole line that a process has told, taken apart.</summary>
/// <param name="Verb">What happened.</param>
/// <param name="Words">To what, and how.</param>
internal sealed record JournalLine(string Verb, IReadOnlyList<string> Words)
{
    /// <summary>Null for half a line: the writer was killed in the middle of it.</summary>
    internal static JournalLine? Parse(string text)
    {
        var words = text.Split(' ');
        return words is [var verb, .. var rest, "."] ? new JournalLine(verb, rest) : null;
    }
}

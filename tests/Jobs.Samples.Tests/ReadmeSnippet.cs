namespace Jobs.Samples.Tests;

/// <summary>The first task as the README shows it, and as it is compiled here.</summary>
internal static class ReadmeSnippet
{
    private const string Mark = "<!-- snippet: first-task -->";

    /// <summary>The lines of the code block behind the mark.</summary>
    internal static IReadOnlyList<string> InReadme() =>
        Between(Lines("README.md").SkipWhile(line => line.Trim() != Mark), start: "```csharp", end: "```");

    /// <summary>The lines of the marked region.</summary>
    internal static IReadOnlyList<string> Compiled() => Between(Lines("FirstTask.cs.txt"), start: "#region first-task", end: "#endregion");

    private static string[] Lines(string file) => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, file));

    private static string[] Between(IEnumerable<string> lines, string start, string end) =>
        [.. lines.SkipWhile(line => line != start).Skip(1).TakeWhile(line => line != end)];
}

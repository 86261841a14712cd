using System.Text.RegularExpressions;

namespace Jobs.Tidy.Tests;

/// <summary>Rules about single source files.</summary>
public sealed partial class SourceTests
{
    private const int MaxFileLines = 400;
    private const int MaxLineChars = 160;

    [Fact]
    public void No_file_is_a_room_that_nobody_finds_their_way_in()
    {
        var long_ = Repository.Sources.Select(file => (File: Repository.Relative(file), Lines: File.ReadLines(file).Count()))
            .Where(f => f.Lines > MaxFileLines).Select(f => $"{f.File} has {f.Lines} lines");
        AssertNone(long_, $"split it; {MaxFileLines} lines are the limit");
    }

    [Fact]
    public void No_line_runs_off_the_screen()
    {
        var wide = Repository.Sources.SelectMany(file => File.ReadLines(file)
            .Select((line, index) => (Line: line, Number: index + 1))
            .Where(l => l.Line.Length > MaxLineChars)
            .Select(l => $"{Repository.Relative(file)}:{l.Number} has {l.Line.Length} characters"));
        AssertNone(wide, $"break it; {MaxLineChars} characters are the limit");
    }

    [Fact]
    public void A_file_declares_one_public_type_and_is_named_after_it()
    {
        var wrong = new List<string>();
        foreach (var file in Repository.Files("*.cs", "src", "silo", "client"))
        {
            var names = PublicType().Matches(File.ReadAllText(file)).Select(m => m.Groups["name"].Value).Distinct().ToList();
            var expected = Path.GetFileName(file).Split('.')[0];
            if (names.Count > 1) wrong.Add($"{Repository.Relative(file)} declares {string.Join(" and ", names)}");
            else if (names.Count == 1 && names[0] != expected) wrong.Add($"{Repository.Relative(file)} declares {names[0]}");
        }

        AssertNone(wrong, "one public type per file, in a file of its name");
    }

    [Fact]
    public void No_source_leaves_work_for_later()
    {
        var later = Repository.Sources.Where(file => !file.EndsWith(nameof(SourceTests) + ".cs", StringComparison.Ordinal))
            .SelectMany(file => File.ReadLines(file).Select((line, index) => (line, index)).Where(l => Unfinished().IsMatch(l.line))
                .Select(l => $"{Repository.Relative(file)}:{l.index + 1}: {l.line.Trim()}"));
        AssertNone(later, "do it now, or file an issue");
    }

    [Fact]
    public void No_namespace_hides_Orleans()
    {
        var hiding = Repository.Sources.Where(file => HidingNamespace().IsMatch(File.ReadAllText(file))).Select(Repository.Relative);
        AssertNone(hiding, "a namespace Jobs.Orleans hides the namespace Orleans from every Jobs.*");
    }

    private static void AssertNone(IEnumerable<string> offenders, string remedy)
    {
        var list = offenders.ToList();
        Assert.True(list.Count == 0, $"{remedy}:\n{string.Join('\n', list)}");
    }

    [GeneratedRegex(
        @"^public (?:(?:static|sealed|abstract|partial|readonly) )*"
        + @"(?:class|record struct|record|struct|interface|enum|delegate [\w<>\[\]?, ]+?) (?<name>\w+)",
        RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK)\b|NotImplementedException")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^namespace Jobs\.Orleans\b", RegexOptions.Multiline)]
    private static partial Regex HidingNamespace();
}

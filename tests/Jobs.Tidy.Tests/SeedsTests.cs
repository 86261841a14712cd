using System.Text.RegularExpressions;

namespace Jobs.Tidy.Tests;

/// <summary>tests/Seeds.md names the test of every fact of the five seed systems; this checks that it leaves none out and names no other.</summary>
public sealed partial class SeedsTests
{
    private const int MinReasonChars = 30;

    /// <summary>How many numbered facts each seed has.</summary>
    private static readonly (string Seed, int Facts)[] Seeds = [("000", 57), ("001", 63), ("002", 63), ("003", 95), ("004", 52)];

    private const int Conflicts = 36;

    private static readonly IReadOnlyList<(string Line, string Shown)> Rows =
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "tests", "Seeds.md"))
            .Select(text => Row().Match(text)).Where(m => m.Success)
            .Select(m => (m.Groups["line"].Value, m.Groups["shown"].Value.Trim())),
    ];

    [Fact]
    public void Every_fact_and_every_conflict_is_there_once()
    {
        var expected = Seeds.SelectMany(s => Enumerable.Range(1, s.Facts).Select(n => $"{s.Seed}-{n}"))
            .Concat(Enumerable.Range(1, Conflicts).Select(n => $"C{n:00}")).ToList();
        var actual = Rows.Select(r => r.Line).ToList();

        Assert.Equal(366, expected.Count);
        Assert.Empty(expected.Except(actual));
        Assert.Empty(actual.Except(expected));
        Assert.Empty(actual.GroupBy(line => line).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    [Fact]
    public void Every_row_says_what_shows_it()
    {
        var wrong = Rows.Select(r => (r.Line, Problem: Problem(r.Shown))).Where(r => r.Problem is not null).ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Select(w => $"{w.Line}: {w.Problem}")));
    }

    [Fact]
    public void Every_test_that_is_named_exists_and_is_run()
    {
        var wrong = Rows.SelectMany(row => TestName().Matches(row.Shown).Select(m => (row.Line, Problem: TestCatalog.OfRepository.Problem(m.Groups[1].Value))))
            .Where(r => r.Problem is not null).ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Select(w => $"{w.Line}: {w.Problem}")));
    }

    [Theory]
    [InlineData("SeedsTests", null)]
    [InlineData("SeedsTests.Every_row_says_what_shows_it", null)]
    [InlineData("EmbeddedLifecycleTests.A_job_runs_and_is_completed", null)]
    [InlineData("LifecycleContract.A_job_runs_and_is_completed", null)]
    [InlineData("LifecycleContract.No_such_test", "LifecycleContract has no test No_such_test")]
    [InlineData("NoSuchTests", "there is no class NoSuchTests in the sources of the tests")]
    [InlineData("TestCatalog", "TestCatalog has no test")]
    [InlineData("A.B.C", "A.B.C is neither Class nor Class.Method")]
    public void A_test_is_known_only_if_it_is_one(string name, string? problem) => Assert.Equal(problem, TestCatalog.OfRepository.Problem(name));

    private static string? Problem(string shown)
    {
        if (shown.StartsWith("avoided: ", StringComparison.Ordinal))
            return shown.Length >= MinReasonChars && TestName().IsMatch(shown) ? null : "say what is avoided, and which test shows it";
        if (shown.StartsWith("not ours: ", StringComparison.Ordinal)) return shown.Length >= MinReasonChars ? null : "give a reason of substance";
        return Tests().IsMatch(shown) ? null : "name tests, or begin with 'avoided: ' or 'not ours: '";
    }

    [GeneratedRegex(@"^\| (?<line>\d{3}-\d+|C\d+) \| [^|]+ \| (?<shown>[^|]+) \|$")]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex TestName();

    [GeneratedRegex("^`[^`]+`(, `[^`]+`)*$")]
    private static partial Regex Tests();
}

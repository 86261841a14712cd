namespace Jobs.Conformance;

/// <summary>
/// What a database's schema is after all migrations, kept as a text beside the tests, so that a change of it shows in review. After a change
/// on purpose, run these tests once with JOBS_ACCEPT_SCHEMA=1.
/// </summary>
public static class SchemaSnapshot
{
    /// <summary>Compares a schema with the text that is kept of it.</summary>
    /// <param name="project">The test project that keeps the text, as <c>schema.txt</c>.</param>
    /// <param name="lines">The schema, one thing a line, in an order of its own.</param>
    public static void Check(string project, IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var actual = lines.SelectMany(line => line.ReplaceLineEndings("\n").Split('\n')).Select(line => line.TrimEnd()).ToList();
        var kept = Path.Combine(Root(), "tests", project, "schema.txt");
        if (Environment.GetEnvironmentVariable("JOBS_ACCEPT_SCHEMA") == "1") File.WriteAllText(kept, string.Join('\n', actual) + "\n");
        Assert.True(File.Exists(kept), $"{kept} is missing; run this test once with JOBS_ACCEPT_SCHEMA=1");
        var expected = File.ReadAllLines(kept);
        if (actual.SequenceEqual(expected)) return;
        var difference = actual.Except(expected).Select(line => "+ " + line).Concat(expected.Except(actual).Select(line => "- " + line));
        Assert.Fail($"The schema is not that of {kept} (JOBS_ACCEPT_SCHEMA=1 accepts it):\n{string.Join('\n', difference)}");
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Jobs.Core.slnf"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}

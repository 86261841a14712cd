using System.Reflection;

namespace Jobs.Tidy.Tests;

/// <summary>
/// The public surface is a decision: it is listed in PublicApi/*.txt, and a change of it shows in review. After a change on purpose, run
/// these tests once with JOBS_ACCEPT_API=1.
/// </summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Libraries => ["Jobs.Abstractions", "Jobs.Core", "Jobs.Postgres", "Jobs.Sqlite", "Jobs.Testing"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void The_public_surface_is_the_listed_one(string library)
    {
        var listing = Path.Combine(Repository.Root, "tests", "Jobs.Tidy.Tests", "PublicApi", library + ".txt");
        var actual = ApiListing.Of(Assembly.Load(library));
        if (Environment.GetEnvironmentVariable("JOBS_ACCEPT_API") == "1") File.WriteAllText(listing, string.Join('\n', actual) + "\n");
        var listed = File.ReadAllLines(listing);
        var added = actual.Except(listed).Select(line => "+ " + line);
        var removed = listed.Except(actual).Select(line => "- " + line);
        var difference = added.Concat(removed).ToList();
        Assert.True(difference.Count == 0, $"The public API of {library} changed:\n{string.Join('\n', difference)}");
    }
}

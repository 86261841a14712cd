using System.Reflection;
using System.Runtime.CompilerServices;
using Jobs.Tidy.Tests;

namespace Jobs.Cluster.Tests.PublicApi;

/// <summary>
/// The public surface of the libraries that are built on Orleans, listed beside this file; generated code is left out. After a change on
/// purpose, run these tests once with JOBS_ACCEPT_API=1.
/// </summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Libraries => ["Jobs.Client", "Jobs.Grains", "Jobs.Grains.Contracts", "Jobs.Grains.Postgres"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void The_public_surface_is_the_listed_one(string library)
    {
        var listing = Path.Combine(Folder(), library + ".txt");
        var actual = ApiListing.Of(Assembly.Load(library));
        if (Environment.GetEnvironmentVariable("JOBS_ACCEPT_API") == "1") File.WriteAllText(listing, string.Join('\n', actual) + "\n");
        var listed = File.ReadAllLines(listing);
        var difference = actual.Except(listed).Select(line => "+ " + line).Concat(listed.Except(actual).Select(line => "- " + line)).ToList();
        Assert.True(difference.Count == 0, $"The public API of {library} changed:\n{string.Join('\n', difference)}");
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}

using System.Runtime.CompilerServices;

namespace Jobs.Testing.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void The_example_of_the_readme_is_the_one_that_is_compiled_and_run()
    {
        var readme = File.ReadAllLines(Path.Combine(Folder(), "..", "..", "src", "Jobs.Testing", "README.md"));
        var example = readme.SkipWhile(line => line != "```csharp").Skip(1).TakeWhile(line => line != "```").Select(line => line.Trim());
        var source = File.ReadAllLines(Path.Combine(Folder(), "ReadmeExample.cs")).Select(line => line.Trim());
        Assert.Contains(string.Join('\n', example), string.Join('\n', source), StringComparison.Ordinal);
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}

using System.Runtime.CompilerServices;

namespace Jobs.Tidy.Tests;

/// <summary>The source tree that these tests read.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    internal static IEnumerable<string> Files(string pattern, params string[] folders) => folders
        .Select(folder => Path.Combine(Root, folder))
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
        .Where(file => !Relative(file).Split('/').Any(part => part is "bin" or "obj"))
        .Order(StringComparer.Ordinal);

    internal static IEnumerable<string> Sources => Files("*.cs", "src", "silo", "client", "tests", "samples");

    internal static IEnumerable<string> Projects => Files("*.csproj", "src", "silo", "client", "tests", "samples");

    internal static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot([CallerFilePath] string here = "")
    {
        for (var folder = Path.GetDirectoryName(here); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Jobs.Orleans.sln"))) return folder;
        }

        throw new DirectoryNotFoundException($"No Jobs.Orleans.sln above {here}.");
    }
}

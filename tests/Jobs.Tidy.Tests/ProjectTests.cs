using System.Xml.Linq;

namespace Jobs.Tidy.Tests;

/// <summary>Rules about projects and packages: which way the arrows point, and why each package is there.</summary>
public sealed class ProjectTests
{
    /// <summary>What each library may reference. Tests and samples may reference any library.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Jobs.Abstractions"] = [],
        ["Jobs.Core"] = ["Jobs.Abstractions"],
        ["Jobs.Testing"] = ["Jobs.Core"],
        ["Jobs.Postgres"] = ["Jobs.Core"],
        ["Jobs.Sqlite"] = ["Jobs.Core"],
        ["Jobs.Http"] = ["Jobs.Core"],
        ["Jobs.Grains.Contracts"] = ["Jobs.Abstractions"],
        ["Jobs.Grains"] = ["Jobs.Core", "Jobs.Grains.Contracts", "Jobs.Client"],
        ["Jobs.Grains.Postgres"] = ["Jobs.Postgres"],
        ["Jobs.Client"] = ["Jobs.Core", "Jobs.Grains.Contracts"],
        ["Jobs.Client.Http"] = ["Jobs.Abstractions"],
        ["Jobs.Cli"] = ["Jobs.Client.Http"],
        ["Jobs.Silo"] = ["Jobs.Grains", "Jobs.Grains.Postgres", "Jobs.Postgres", "Jobs.Sqlite", "Jobs.Http"],
    };

    private static readonly string[] MayReferenceOrleans =
    [
        "Jobs.Grains.Contracts", "Jobs.Grains", "Jobs.Grains.Postgres", "Jobs.Client", "Jobs.Silo", "Jobs.Cluster.Tests", "ClusterQuickstart",
        "ClusterApp", "Jobs.Cluster.Samples.Tests", "Jobs.Cluster.Bench", "Jobs.Cluster.CrashSilo", "Jobs.Cluster.LaterSilo",
        "Jobs.Cluster.Crash.Tests",
    ];

    [Fact]
    public void References_point_the_way_the_design_says()
    {
        var wrong = new List<string>();
        foreach (var project in Repository.Files("*.csproj", "src", "silo", "client"))
        {
            var name = Path.GetFileNameWithoutExtension(project);
            Assert.True(Arrows.ContainsKey(name), $"{name} is new: say in {nameof(ProjectTests)} what it may reference.");
            wrong.AddRange(References(project, "ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Replace('\\', '/')))
                .Where(r => !Arrows[name].Contains(r)).Select(r => $"{name} references {r}"));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Only_the_cluster_projects_know_Orleans()
    {
        var wrong = Repository.Projects
            .Where(project => !MayReferenceOrleans.Contains(Path.GetFileNameWithoutExtension(project)))
            .Where(project => References(project, "PackageReference").Any(p => p.StartsWith("Microsoft.Orleans", StringComparison.Ordinal))
                || References(project, "ProjectReference").Any(r => MayReferenceOrleans.Contains(Path.GetFileNameWithoutExtension(r.Replace('\\', '/')))))
            .Select(Repository.Relative).ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Every_package_has_its_reason_beside_its_version()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "Directory.Packages.props"));
        var bare = lines.Select((line, index) => (line, index))
            .Where(l => l.line.Contains("<PackageVersion", StringComparison.Ordinal))
            .Where(l => !lines[l.index - 1].TrimEnd().EndsWith("-->", StringComparison.Ordinal))
            .Select(l => l.line.Trim()).ToList();
        Assert.True(bare.Count == 0, $"write a comment above:\n{string.Join('\n', bare)}");
    }

    [Fact]
    public void Every_package_is_used()
    {
        var used = Repository.Projects.Append(Path.Combine(Repository.Root, "Directory.Build.props"))
            .SelectMany(project => References(project, "PackageReference")).ToHashSet();
        var unused = References(Path.Combine(Repository.Root, "Directory.Packages.props"), "PackageVersion").Where(p => !used.Contains(p)).ToList();
        Assert.True(unused.Count == 0, $"remove:\n{string.Join('\n', unused)}");
    }

    [Fact]
    public void Every_project_is_in_the_solution_and_those_without_Orleans_are_in_the_filter()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Jobs.Orleans.sln")).Replace('\\', '/');
        var filter = File.ReadAllText(Path.Combine(Repository.Root, "Jobs.Core.slnf")).Replace("\\\\", "/").Replace('\\', '/');
        foreach (var project in Repository.Projects)
        {
            var path = Repository.Relative(project);
            Assert.True(solution.Contains(path, StringComparison.Ordinal), $"{path} is not in Jobs.Orleans.sln");
            var knowsOrleans = MayReferenceOrleans.Contains(Path.GetFileNameWithoutExtension(project));
            Assert.True(filter.Contains(path, StringComparison.Ordinal) != knowsOrleans, $"{path} and Jobs.Core.slnf do not fit");
        }
    }

    private static IEnumerable<string> References(string project, string element) =>
        XDocument.Load(project).Descendants(element).Select(e => (string?)e.Attribute("Include") ?? "");
}

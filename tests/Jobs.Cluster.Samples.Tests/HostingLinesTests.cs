namespace Jobs.Samples.Tests;

/// <summary>The quick start and its form on a cluster are one program in two hosts.</summary>
public sealed class HostingLinesTests
{
    private static readonly string Sources = Path.Combine(AppContext.BaseDirectory, "sources");

    [Fact]
    public void The_cluster_has_a_program_and_a_hosting_file_of_its_own_and_nothing_else() =>
        Assert.Equal(["Cluster.cs", "Program.cs"], Directory.GetFiles(Path.Combine(Sources, "ClusterQuickstart")).Select(Path.GetFileName).Order());

    [Fact]
    public void The_programs_differ_in_the_lines_that_host_the_service_only()
    {
        var (quickstart, cluster) = (Lines("Quickstart"), Lines("ClusterQuickstart"));

        Assert.Equal(["builder.Services.AddJobs(jobs =>", "});"], Own(quickstart, cluster));
        Assert.Equal(
            ["await Cluster.SetUpAsync(command);", "builder.UseOrleans(silo => silo.Join(command).AddJobs(jobs =>", "}));"],
            Own(cluster, quickstart));
        Assert.Equal(quickstart.Except(Own(quickstart, cluster)), cluster.Except(Own(cluster, quickstart)));
    }

    private static string[] Own(string[] lines, string[] others) => [.. lines.Where(line => !others.Contains(line))];

    private static string[] Lines(string sample) => File.ReadAllLines(Path.Combine(Sources, sample, "Program.cs"));
}

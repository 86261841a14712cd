using System.Runtime.CompilerServices;

namespace Jobs.Cluster.Tests.Contracts;

/// <summary>
/// Silos and clients of two versions talk to each other during a rolling restart, so a name or a number that was ever released keeps its
/// meaning: add, never change. After an addition on purpose, run these tests once with JOBS_ACCEPT_API=1.
/// </summary>
public sealed class ContractTests
{
    [Fact]
    public void The_contracts_are_the_listed_ones()
    {
        var actual = ContractListing.All();
        Assert.DoesNotContain(actual, line => line.Contains("HAS NO ALIAS", StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("JOBS_ACCEPT_API") == "1") File.WriteAllText(Listing(), string.Join('\n', actual) + "\n");
        var listed = File.ReadAllLines(Listing());
        var difference = actual.Except(listed).Select(line => "+ " + line).Concat(listed.Except(actual).Select(line => "- " + line)).ToList();
        Assert.True(difference.Count == 0, $"What silos and clients tell each other changed:\n{string.Join('\n', difference)}");
    }

    private static string Listing([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Contracts.txt");
}

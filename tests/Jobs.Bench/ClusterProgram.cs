using System.Diagnostics;

namespace Jobs.Bench;

/// <summary>The program that measures the cluster; this one must build without the packages that it needs.</summary>
internal static class ClusterProgram
{
    /// <summary>What to pass to it; null if it is not asked for.</summary>
    internal static string[]? ArgumentsIn(string[] args)
    {
        var at = Array.IndexOf(args, "--engine");
        return at >= 0 && args.ElementAtOrDefault(at + 1) is "cluster" ? [.. args[..at], .. args[(at + 2)..]] : null;
    }

    /// <summary>Builds and runs it, and returns its exit code.</summary>
    internal static async Task<int> RunAsync(string[] arguments)
    {
        var project = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../Jobs.Cluster.Bench"));
        if (!Directory.Exists(project)) throw new FormatException($"--engine cluster needs the sources of {project}.");

        // It shares this one's terminal, and so gets its Ctrl-C.
        using var program = Process.Start("dotnet", ["run", "-c", "Release", "--project", project, "--", .. arguments]);
        await program.WaitForExitAsync();
        return program.ExitCode;
    }
}

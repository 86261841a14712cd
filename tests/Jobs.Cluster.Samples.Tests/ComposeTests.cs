using System.Text.RegularExpressions;

namespace Jobs.Samples.Tests;

/// <summary>docker-compose.yml cannot be run everywhere, but everything that it names has to be there.</summary>
public sealed partial class ComposeTests
{
    private static readonly string Files = Path.Combine(AppContext.BaseDirectory, "deployment");
    private static readonly string Compose = File.ReadAllText(Path.Combine(Files, "docker-compose.yml"));

    [Fact]
    public void Every_image_is_built_by_a_file_that_is_there_and_from_a_project_that_is_there()
    {
        var files = DockerFile().Matches(Compose).Select(m => m.Groups["path"].Value).Distinct().ToList();
        Assert.Equal(["samples/ClusterApp/Dockerfile", "silo/Jobs.Silo/Dockerfile"], files.Order());
        foreach (var file in files)
        {
            var lines = File.ReadAllText(Path.Combine(Files, file));
            var project = Published().Match(lines).Groups["path"].Value;
            Assert.Equal(Path.GetDirectoryName(file), project);
            Assert.True(File.Exists(Path.Combine(Files, project, $"{Path.GetFileName(project)}.csproj")), $"{file} publishes {project}, which is no project.");
            Assert.Equal($"{Path.GetFileName(project)}.dll", EntryPoint().Match(lines).Groups["file"].Value);
        }
    }

    [Theory]
    [InlineData("migrate", "Jobs.Silo.dll", "--help")]
    [InlineData("silo", "ClusterApp.dll", "--help")]
    [InlineData("app", "ClusterApp.dll", "--help")]
    public async Task Every_command_is_one_that_the_program_knows(string command, string program, string help)
    {
        Assert.Contains($"command: [\"{command}\"]", Compose, StringComparison.Ordinal);
        var (exitCode, lines, _) = await QuickstartRun.RunProgramAsync(program, help);
        Assert.Equal(0, exitCode);
        Assert.Contains(lines, line => line.Contains($"{Path.GetFileNameWithoutExtension(program)} {command} ", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_silos_and_an_app_wait_for_the_database_to_be_set_up()
    {
        Assert.Equal(
            ["postgres", "migrate", "silo1", "silo2", "app"],
            Service().Matches(Compose[..Compose.IndexOf("\nvolumes:", StringComparison.Ordinal)]).Select(m => m.Groups["name"].Value));
        Assert.Contains("condition: service_completed_successfully", Compose, StringComparison.Ordinal);
        Assert.DoesNotContain('\t', Compose);
    }

    [Theory]
    [InlineData("Jobs__Postgres")]
    [InlineData("Jobs__Host")]
    public async Task What_the_environment_says_is_heard(string variable)
    {
        Assert.Contains($"{variable}: ", Compose, StringComparison.Ordinal);
        var (_, lines, _) = await QuickstartRun.RunProgramAsync("ClusterApp.dll", "--help");
        var option = "--" + variable.Split("__")[1].ToLowerInvariant();
        Assert.Contains(lines, line => line.TrimStart().StartsWith(option, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^\s+dockerfile: (?<path>\S+)$", RegexOptions.Multiline)]
    private static partial Regex DockerFile();

    [GeneratedRegex(@"^RUN dotnet publish (?<path>\S+) ", RegexOptions.Multiline)]
    private static partial Regex Published();

    [GeneratedRegex(@"^ENTRYPOINT \[""dotnet"", ""(?<file>[^""]+)""\]$", RegexOptions.Multiline)]
    private static partial Regex EntryPoint();

    [GeneratedRegex(@"^  (?<name>\w+):(?: &\w+)?$", RegexOptions.Multiline)]
    private static partial Regex Service();
}

namespace Jobs.Samples.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void The_first_task_has_twenty_lines_at_most() => Assert.InRange(ReadmeSnippet.InReadme().Count, 1, 20);

    [Fact]
    public void The_first_task_is_the_code_that_is_compiled_here() => Assert.Equal(ReadmeSnippet.Compiled(), ReadmeSnippet.InReadme());

    [Fact]
    public async Task The_first_task_runs() => Assert.Equal(42, await FirstTask.RunAsync().WaitAsync(TimeSpan.FromSeconds(180)));
}

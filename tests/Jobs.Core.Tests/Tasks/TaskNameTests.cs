namespace Jobs.Core.Tests.Tasks;

/// <summary>Tasks that are known by the type of their payload (seeds C28).</summary>
public sealed class TaskNameTests
{
    [Fact]
    public void A_task_of_a_type_has_its_full_name()
    {
        Assert.Equal("Jobs.Core.Tests.Tasks.TaskNameTests.Plain", TaskDefinition.For<Plain>().Name);
        Assert.Equal("Jobs.Core.Tests.Tasks.TaskNameTests.Plain", ResultTask.For<Plain, int>().Name);
        Assert.Equal("System.String", TaskDefinition.For<string>().Name);
    }

    [Fact]
    public void A_type_may_say_its_own_name()
    {
        var task = TaskDefinition.For<Named>(o =>
        {
            o.MaxAttempts = 3;
            o.Aliases.Add(nameof(Named));
        });

        Assert.Equal(("send-mail", 3), (task.Name, task.DefaultOptions.MaxAttempts));
        Assert.True(task.IsKnownAs("Named"));
        Assert.Equal("Jobs.Core.Tests.Tasks.TaskNameTests.Derived", TaskDefinition.For<Derived>().Name);
    }

    [Fact]
    public void A_name_that_cannot_be_stored_is_refused_with_the_remedy()
    {
        Assert.Equal("", Assert.Throws<InvalidNameException>(() => TaskDefinition.For<Nameless>()).Value);
        Assert.Contains("use Create", Assert.Throws<InvalidNameException>(() => TaskDefinition.For<List<int>>()).Message, StringComparison.Ordinal);
        Assert.Contains("use Create", Assert.Throws<InvalidNameException>(() => TaskDefinition.For<int[]>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_stored_under_the_short_name_runs_under_the_full_one()
    {
        var shown = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var task = TaskDefinition.For<Plain>(o => o.Aliases.Add(nameof(Plain)));
        await using var service = await EmbeddedJobs.StartAsync(
            jobs => jobs.Handle(task, (Plain plain, JobContext job) => shown.SetResult(job.Task + plain.Text)));

        await service.Client.RunAsync(TaskDefinition.Create<Plain>("Plain"), new Plain("!"), timeout: TimeSpan.FromSeconds(30));

        Assert.Equal("Plain!", await shown.Task.WaitAsync(TimeSpan.FromSeconds(180)));
    }

    private sealed record Plain(string Text);

    [TaskName("send-mail")]
    private record Named;

    private sealed record Derived : Named;

    [TaskName("")]
    private sealed record Nameless;
}

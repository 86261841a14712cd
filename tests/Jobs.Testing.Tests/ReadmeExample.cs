namespace Jobs.Testing.Tests;

/// <summary>The example of the kit's README, word for word.</summary>
public sealed class ReadmeExample
{
    public static readonly TaskDefinition<Welcome> SendWelcome = TaskDefinition.Create<Welcome>("send-welcome", o => o.MaxAttempts = 3);

    [Fact]
    public async Task A_sign_up_sends_a_welcome_a_day_later()
    {
        var sent = new List<string>();
        await using var jobs = new TestJobs(
            fail: message => Assert.Fail(message),
            configure: service => service.Handle(SendWelcome, (Welcome mail, JobContext job) =>
            {
                if (job.Attempt == 1) throw new IOException("The mail server is away.");
                sent.Add(mail.To);
            }));

        // The code under test gets the queue as its IJobClient.
        await SignUpAsync(jobs, "ada@example.org");

        jobs.Total(1);
        jobs.Contains(SendWelcome, mail => mail.To == "ada@example.org");
        Assert.Equal(JobState.Scheduled, jobs.FirstOf(SendWelcome)!.State);

        // A day, a failure and its backoff pass at once.
        var summary = await jobs.DrainAsync(advanceTime: true);

        Assert.Equal((1, 1), (summary.Retried, summary.Completed));
        Assert.Equal(["ada@example.org"], sent);
    }

    private static async Task SignUpAsync(IJobClient jobs, string mail) =>
        await jobs.EnqueueAsync(SendWelcome, new Welcome(mail), o => o.After(TimeSpan.FromDays(1)));

    public sealed record Welcome(string To);
}

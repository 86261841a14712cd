namespace Jobs.Testing.Tests;

public sealed class AssertionTests : IAsyncDisposable
{
    private readonly List<string> _failures = [];
    private readonly TestJobs _jobs;

    public AssertionTests() => _jobs = new TestJobs(_failures.Add);

    public ValueTask DisposeAsync() => _jobs.DisposeAsync();

    [Fact]
    public void Without_a_failure_callback_there_is_no_queue()
    {
        var error = Assert.Throws<ArgumentNullException>(() => new TestJobs(null!));
        Assert.Contains("Assert.Fail(message)", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => new InlineJobs(null!));
    }

    [Fact]
    public async Task Empty_and_not_empty()
    {
        Holds(_jobs.Empty());
        Fails(_jobs.NotEmpty(), "expected at least one job, but found no job.");
        await _jobs.EnqueueAsync(TestTasks.SendMail, new Mail("a@b"));
        Holds(_jobs.NotEmpty());
        Fails(_jobs.Empty(), "expected no job, but found one job:\n  1. send-mail {\"to\":\"a@b\"} (Pending)");
    }

    [Fact]
    public async Task Total()
    {
        Holds(_jobs.Total(0));
        await _jobs.EnqueueManyAsync(TestTasks.Count, [1, 2]);
        Holds(_jobs.Total(2));
        Fails(_jobs.Total(1), "expected one job, but found 2 jobs:\n  1. count 1 (Pending)\n  2. count 2 (Pending)");
        Fails(_jobs.Total(3), "expected 3 jobs, but found 2 jobs:");
    }

    [Fact]
    public async Task Contains_and_does_not_contain_a_task()
    {
        Holds(_jobs.DoesNotContain(TestTasks.Count));
        Fails(_jobs.Contains(TestTasks.Count), "expected a job of 'count', but found no job.");
        await _jobs.EnqueueAsync(TestTasks.Count, 1);
        Holds(_jobs.Contains(TestTasks.Count));
        Holds(_jobs.DoesNotContain(TestTasks.SendMail));
        Fails(_jobs.DoesNotContain(TestTasks.Count), "expected no job of 'count', but found one job:");
    }

    [Fact]
    public async Task Contains_and_does_not_contain_a_payload()
    {
        await _jobs.EnqueueAsync(TestTasks.SendMail, new Mail("a@b"));
        Holds(_jobs.Contains(TestTasks.SendMail, mail => mail.To == "a@b"));
        Holds(_jobs.DoesNotContain(TestTasks.SendMail, mail => mail.To == "c@d"));
        Holds(_jobs.DoesNotContain(TestTasks.Count, number => number == 1));
        Fails(_jobs.Contains(TestTasks.SendMail, mail => mail.To == "c@d"), "expected a job of 'send-mail' that meets the condition, but found one job:");
        Fails(_jobs.DoesNotContain(TestTasks.SendMail, mail => mail.To == "a@b"), "expected no job of 'send-mail' that meets the condition");
    }

    [Fact]
    public async Task The_message_of_the_test_comes_first()
    {
        Fails(_jobs.NotEmpty("sign-up sends a mail"), "sign-up sends a mail: expected at least one job");
        Fails(_jobs.Total(2, "m"), "m: ");
        Fails(_jobs.Contains(TestTasks.Count, "m"), "m: ");
        Fails(_jobs.Contains(TestTasks.Count, _ => true, "m"), "m: ");
        await _jobs.EnqueueAsync(TestTasks.Count, 1);
        Fails(_jobs.Empty("m"), "m: ");
        Fails(_jobs.DoesNotContain(TestTasks.Count, "m"), "m: ");
        Fails(_jobs.DoesNotContain(TestTasks.Count, _ => true, "m"), "m: ");
    }

    [Fact]
    public async Task What_the_callback_throws_comes_out()
    {
        await using var jobs = new TestJobs(message => Assert.Fail(message));
        Assert.Throws<Xunit.Sdk.FailException>(() => jobs.NotEmpty());
    }

    [Fact]
    public async Task A_failure_shows_when_a_job_is_due_and_bounds_what_it_shows()
    {
        await _jobs.EnqueueAsync(TestTasks.SendMail, new Mail(new string('x', 1000)), o => o.After(TimeSpan.FromDays(1)));
        await _jobs.EnqueueAsync(TaskDefinition.Raw("raw"), new byte[7]);
        await _jobs.EnqueueManyAsync(TestTasks.Count, [.. Enumerable.Range(0, 50)]);
        _jobs.Empty();
        var text = _failures.Single();
        Assert.Contains("… (Scheduled for 2030-01-02 00:00:00)", text, StringComparison.Ordinal);
        Assert.Contains("2. raw <7 bytes> (Pending)", text, StringComparison.Ordinal);
        Assert.EndsWith("… and 32 more", text, StringComparison.Ordinal);
        Assert.True(text.Length < 2000);
    }

    [Fact]
    public async Task Assertions_are_about_all_that_was_enqueued_whether_it_has_run_or_not()
    {
        _jobs.Registry.Handle(TestTasks.Count, (int _, JobContext _) => Task.CompletedTask);
        await _jobs.EnqueueAsync(TestTasks.Count, 1, o => o.Retention = RetentionPolicy.None);
        await _jobs.DrainAsync();
        Holds(_jobs.Total(1));
        Holds(_jobs.Contains(TestTasks.Count, number => number == 1));
        Assert.Equal(JobState.Completed, _jobs.First!.State);
    }

    [Fact]
    public async Task Nothing_is_recorded_of_an_enqueue_that_was_refused()
    {
        await Assert.ThrowsAsync<PayloadEncodingException>(async () => await _jobs.EnqueueAsync(TestTasks.SendMail, null!));
        await Assert.ThrowsAsync<LimitExceededException>(
            async () => await _jobs.EnqueueAsync(TestTasks.SendMail, new Mail(new string('x', 300_000))));
        Holds(_jobs.Empty());
    }

    private void Holds(bool result)
    {
        Assert.True(result);
        Assert.Empty(_failures);
    }

    private void Fails(bool result, string message)
    {
        Assert.False(result);
        Assert.StartsWith(message, Assert.Single(_failures), StringComparison.Ordinal);
        _failures.Clear();
    }
}

namespace Jobs.Crash.Tests;

/// <summary>The audit finds what it is there to find.</summary>
public sealed class CrashAuditTests
{
    [Theory]
    [InlineData("ran again", "start a n1 - -", "end a r1", "done a r1", "start a n1 - -")]
    [InlineData("ran twice at a time", "start a n1 - -", "start a n1 - -")]
    [InlineData("counted twice", "start a n1 - -", "end a r1", "done a r1", "end a r2", "done a r2")]
    [InlineData("a result of no run", "start a n1 - -", "end a r1", "done a r2")]
    [InlineData("beside another of its group", "start a 1-1 g -", "start b 2-1 g -")]
    [InlineData("after the next of its group", "start b 2-1 g -", "end b r2", "start a 1-1 g -")]
    [InlineData("before one of its group that was acknowledged", "ack a 1-1 g new", "start b 2-1 g -")]
    [InlineData("beside another of its key", "start a n1 - u", "start b n2 - u")]
    [InlineData("enqueued twice", "ack a n1 - new", "ack a n1 - new")]
    [InlineData("refused and run", "refused n1", "start a n1 - -")]
    [InlineData("an error of the worker", "error Fault text")]
    public void What_breaks_a_rule_is_found(string what, params string[] lines) => Assert.True(Read(lines).Faults.Count > 0, what);

    [Fact]
    public void A_job_that_is_acknowledged_and_not_in_the_store_is_lost()
    {
        var audit = Read("ack a n1 - new");

        audit.Close([]);

        Assert.Equal("a (n1) is lost, acknowledged: True", Assert.Single(audit.Faults));
    }

    [Theory]
    [InlineData("ack a n1 - new", "start a n1 - -", "end a r1", "done a r1", "done a r1")]
    [InlineData("start a 1-1 g -", "fail a", "start a 1-1 g -", "end a r1", "done a r1", "start b 2-1 g -")]
    [InlineData("start a n1 - u", "end a r1", "start b n2 - u")]
    [InlineData("ack a n1 - old", "ack a n1 - new", "ack a n1 - repeated")]
    [InlineData("start a n1 - -", "kill", "start a n1 - -", "end a r1", "kill", "start a n1 - -", "end a r2", "done a r2")]
    public void What_may_happen_is_no_fault(params string[] lines) => Assert.Empty(Read(lines).Faults);

    [Fact]
    public void Half_a_line_is_none()
    {
        Assert.Null(JournalLine.Parse("done a r"));
        Assert.Equal("done", JournalLine.Parse("done a r1 .")?.Verb);
    }

    private static CrashAudit Read(params string[] lines)
    {
        var audit = new CrashAudit();
        foreach (var line in lines)
        {
            if (line is "kill") audit.Kill();
            else audit.Add(JournalLine.Parse($"{line} .")!);
        }

        return audit;
    }
}

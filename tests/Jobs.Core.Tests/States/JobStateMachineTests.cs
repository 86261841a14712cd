using static Jobs.Core.Tests.States.Sample;

namespace Jobs.Core.Tests.States;

/// <summary>Every state times every event and action, as one table.</summary>
public sealed class JobStateMachineTests
{
    private static readonly byte[] Bytes = [4, 5];
    private static readonly AttemptNotes Written = new([new JobLogLine(Now, 4, "another line")], new JobProgress(75));
    private static readonly JobStateMachine Machine = new(JobLimits.Default);
    private static readonly JobRecord Next = New(JobState.Pending);

    // Scheduled, Pending, Running, Retrying, Completed, Dead, Cancelled, Discarded.
    private static readonly Transition[] Table =
    [
        new("due", JobEvent.Due.Instance, "Pending - - Pending - - - -", job => job),
        new("started", new JobEvent.Started("worker-1"), "- Running - - - - - -",
            job => job with { Worker = "worker-1", StartedAt = Now, Deliveries = 7, LastAttempt = 4 }),
        new("extended", new JobEvent.Extended(Now.AddDays(1)), "- - - - - - - -", job => job),
        new("succeeded", new JobEvent.Succeeded(Bytes, Written), "- - Completed - - - - -",
            job => Noted(job) with { Result = Bytes, FinishedAt = Now }),
        new("failed", new JobEvent.Failed(Error(4), Now.AddSeconds(5), Retryable: true, Written), "- - Retrying - - - - -",
            job => WithError(Noted(job), Error(4)) with { Failures = 3, RunAt = Now.AddSeconds(5) }),
        new("failed for good", new JobEvent.Failed(Error(4), Now.AddSeconds(5), Retryable: false, Written), "- - Dead - - - - -",
            job => Because(WithError(Noted(job), Error(4)), "its error allows no further attempt") with { Failures = 3, FinishedAt = Now }),
        new("snoozed", new JobEvent.Snoozed(Now.AddDays(1), Bytes, Written), "- - Scheduled - - - - -",
            job => Noted(job) with { RunAt = Now.AddDays(1), Payload = Bytes }),
        new("snoozed to the past", new JobEvent.Snoozed(Now.AddDays(-1), null, Written), "- - Pending - - - - -",
            job => Noted(job) with { RunAt = Now.AddDays(-1) }),
        new("dropped", new JobEvent.Dropped("not wanted", Written), "- - Discarded - - - - -",
            job => Because(Noted(job), "not wanted") with { FinishedAt = Now }),
        new("given back", new JobEvent.GivenBack(), "- - Pending - - - - -", job => job),
        new("worker lost", new JobEvent.WorkerLost(), "- - Pending - - - - -", job => WithError(job, Lost(job)) with { LostDeliveries = 2 }),
        new("replaced", new JobEvent.Replaced(Next), "- - - - Pending Pending Pending Pending", job => Next with { Id = job.Id, Deliveries = 6 }),
        new("cancel", Ask(JobAction.Cancel), "Cancelled Cancelled Cancelled Cancelled - - - -",
            job => Because(job, "it was cancelled") with { FinishedAt = Now }),
        new("retry", Ask(JobAction.Retry), "- - - Pending - Pending Pending Pending", job => job with
        {
            RunAt = Now, Failures = 0, LostDeliveries = 0, LastAttempt = 0, Worker = null, StartedAt = null, FinishedAt = null, Result = null,
            Notes = null,
        }),
        new("run now", Ask(JobAction.RunNow), "Pending - - Pending - - - -", job => job with { RunAt = Now }),
        new("delete", Ask(JobAction.Delete()), "gone gone - gone gone gone gone gone", job => job),
        new("delete when running", Ask(JobAction.Delete(whenRunning: true)), "gone gone gone gone gone gone gone gone", job => job),
        new("reschedule", Ask(JobAction.Reschedule(Now.AddDays(2))), "Scheduled Scheduled - Scheduled - - - -",
            job => job with { RunAt = Now.AddDays(2) }),
        new("reschedule to the past", Ask(JobAction.Reschedule(Now.AddDays(-2))), "Pending Pending - Pending - - - -",
            job => job with { RunAt = Now }),
        new("change priority", Ask(JobAction.ChangePriority(9)), "Scheduled Pending Running Retrying - - - -", job => job with { Priority = 9 }),
    ];

    public static TheoryData<JobState, string> Cells()
    {
        var cells = new TheoryData<JobState, string>();
        foreach (var row in Table)
        {
            foreach (var state in Enum.GetValues<JobState>()) cells.Add(state, row.Name);
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void An_event_leads_where_the_table_says_or_is_refused(JobState state, string name)
    {
        var row = Table.Single(r => r.Name == name);
        var before = In(state);
        if (row.Event is JobEvent.Replaced) before = before with { Id = Next.Id };

        var transition = Machine.Apply(before, row.Event, Now);

        switch (row.ByState[(int)state])
        {
            case "-":
                Assert.Null(transition);
                break;
            case "gone":
                Assert.Same(before, transition!.Before);
                Assert.Null(transition.After);
                Assert.Equal(!state.IsFinal(), transition.Ends);
                break;
            default:
                var next = Enum.Parse<JobState>(row.ByState[(int)state]);
                Assert.Same(before, transition!.Before);
                AssertSame(row.Change(before) with { State = next }, transition.After!);
                Assert.Equal(!state.IsFinal() && next.IsFinal(), transition.Ends);
                break;
        }
    }

    [Fact]
    public void Every_state_event_and_action_has_its_place_in_the_table()
    {
        Assert.All(Table, row => Assert.Equal(Enum.GetValues<JobState>().Length, row.ByState.Count));
        Assert.Equal(ConcreteTypesIn(typeof(JobEvent)), Names(Table.Select(r => r.Event.GetType())));
        Assert.Equal(
            ConcreteTypesIn(typeof(JobAction)), Names(Table.Select(r => r.Event).OfType<JobEvent.Asked>().Select(e => e.Action.GetType())));
    }

    private static JobEvent.Asked Ask(JobAction action) => new(action);

    private static string[] ConcreteTypesIn(Type closedSet) => Names(closedSet.GetNestedTypes().Where(t => !t.IsAbstract));

    private static string[] Names(IEnumerable<Type> types) => [.. types.Select(t => t.Name).Distinct().Order(StringComparer.Ordinal)];

    private static JobRecord Noted(JobRecord job) =>
        job with { Notes = job.Notes! with { Log = job.Notes!.Log.AddRange(Written.Log), Progress = Written.Progress } };

    private static JobRecord WithError(JobRecord job, JobError error) =>
        job with { Notes = job.Notes! with { Errors = job.Notes!.Errors.Add(error) } };

    private static JobRecord Because(JobRecord job, string reason) => job with { Notes = job.Notes! with { Reason = reason } };

    private static JobError Lost(JobRecord job) =>
        new(job.LastAttempt, Now, "WorkerLost", "The worker 'worker-0' was lost while it ran the job.");

    private static void AssertSame(JobRecord expected, JobRecord actual)
    {
        Assert.Equal(expected with { Notes = null }, actual with { Notes = null });
        Assert.Equal(expected.Notes?.Reason, actual.Notes?.Reason);
        Assert.Equal(expected.Notes?.Progress, actual.Notes?.Progress);
        Assert.Equal(expected.Notes?.Errors ?? [], actual.Notes?.Errors ?? []);
        Assert.Equal(expected.Notes?.Log ?? [], actual.Notes?.Log ?? []);
    }
}

using Jobs.Conformance;

namespace Jobs.Examples.Dispatch;

/// <summary>
/// Mails in the background. A job is a payload type and its handler; what fails is tried three times, five seconds apart and then twice as
/// long, and whoever runs the mail room looks at what failed for good.
/// </summary>
public sealed class MailRoom
{
    /// <summary>Stored under the type's full name, and found under its short one too. What fails for good is kept.</summary>
    public static readonly TaskDefinition<Mail> SendMail = TaskDefinition.For<Mail>(o =>
    {
        o.Queue = "mail";
        o.UsePreset(RetryPreset.Dispatch with { OnExhausted = ExhaustedAction.DeadLetter });
        o.Aliases.Add(nameof(Mail));
    });

    /// <summary>Stored as "newsletter". What fails three times is dropped.</summary>
    public static readonly TaskDefinition<Newsletter> SendNewsletter = TaskDefinition.For<Newsletter>(o =>
    {
        o.Queue = "mail";
        o.UsePreset(RetryPreset.Dispatch);
    });

    private static readonly JobFilter Failed = new() { Queue = "mail", States = [JobState.Dead, JobState.Discarded] };

    /// <summary>Addresses that nobody can be reached at.</summary>
    public HashSet<string> Unreachable { get; } = [];

    /// <summary>What was tried, as "to: subject".</summary>
    public Recording<string> Tried { get; } = new();

    /// <summary>What was given up.</summary>
    public Recording<JobSnapshot> GivenUp { get; } = new();

    public JobStatistics? Statistics { get; private set; }

    /// <summary>The worker: one mail at a time, in the order in which they came. Jobs that nobody handles here are dropped.</summary>
    public void Describe(JobsBuilder jobs)
    {
        Statistics = new JobStatistics(jobs.Clock);
        jobs.OnUnknownTask = UnknownTaskPolicy.Discard;
        jobs.OnDuplicate = DuplicateRegistration.Replace;
        jobs.Queue("mail", q =>
        {
            q.Concurrency = 1;
            q.Strategy = PollStrategy.Fifo;
        });
        jobs.Handle(SendMail, (Mail mail, JobContext _) => Send(mail.To, mail.Subject));
        jobs.Handle(SendNewsletter, (Newsletter letter, JobContext _) => Send(letter.To, $"issue {letter.Issue}"));
        jobs.OnExhausted(SendMail, GiveUp).OnExhausted(SendNewsletter, GiveUp);
        jobs.AddStatistics(Statistics);
    }

    /// <summary>Dispatches a mail now, and a reminder for later.</summary>
    public static async Task<(JobHandle Now, JobHandle Later)> WelcomeAsync(IJobClient jobs, string to) => (
        await jobs.EnqueueAsync(SendMail, new Mail(to, "welcome")),
        await jobs.EnqueueAsync(SendMail, new Mail(to, "how is it going?"), o => o.After(TimeSpan.FromMinutes(10))));

    /// <summary>A page of what failed for good, the newest first. The last one's id leads to the next page.</summary>
    public static ValueTask<IReadOnlyList<JobSnapshot>> ListFailedAsync(IJobClient jobs, JobId? after = null) =>
        jobs.ListAsync(new JobQuery { Queue = Failed.Queue, States = Failed.States, PageJobs = 50, After = after });

    /// <summary>Tries one again: as the same job, with all its attempts.</summary>
    public static ValueTask<JobSnapshot> TryAgainAsync(IJobClient jobs, JobId id) => jobs.RetryAsync(id);

    /// <summary>Forgets one.</summary>
    public static ValueTask<JobSnapshot> ForgetAsync(IJobClient jobs, JobId id) => jobs.DeleteAsync(id);

    /// <summary>Forgets all of them, however many.</summary>
    public static async Task<long> ForgetAllAsync(IJobClient jobs) => (await jobs.ApplyToAllAsync(Failed, JobAction.Delete())).Done;

    private Task Send(string to, string subject)
    {
        Tried.Add($"{to}: {subject}");
        return Unreachable.Contains(to) ? throw new InvalidOperationException($"Nobody at {to}.") : Task.CompletedTask;
    }

    private Task GiveUp(JobSnapshot job)
    {
        GivenUp.Add(job);
        return Task.CompletedTask;
    }
}

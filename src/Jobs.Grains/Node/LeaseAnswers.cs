using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Grains.Node;

/// <summary>What the answers of those who leased jobs mean.</summary>
internal static class LeaseAnswers
{
    /// <summary>The outcome that an answer tells; null if it ends no attempt.</summary>
    internal static JobOutcome? OutcomeOf(LeaseAnswer answer) => answer.Kind switch
    {
        LeaseAnswerKind.Ack => JobOutcome.Done(),
        LeaseAnswerKind.Nack => JobOutcome.Retry(answer.Error ?? LeaseClientExtensions.NothingSaid, answer.Delay),
        LeaseAnswerKind.DeadLetter => JobOutcome.DeadLetter(answer.Error!),
        LeaseAnswerKind.GiveBack or LeaseAnswerKind.Extend => null,
        var other => throw new ArgumentOutOfRangeException(nameof(answer), other, "This silo is older than the answer; upgrade it."),
    };

    /// <summary>
    /// Whether a job shows that an answer counted whose own reply was lost on the way. A job that was handed out again meanwhile tells nothing
    /// any more, so that is no.
    /// </summary>
    internal static bool HasCounted(LeaseAnswer answer, JobRecord job)
    {
        if (job.Deliveries != answer.Delivery) return false;
        var last = job.Notes is { Errors: { Count: > 0 } errors } ? errors[^1] : null;
        return answer.Kind switch
        {
            LeaseAnswerKind.Ack => job.State is JobState.Completed,
            LeaseAnswerKind.Nack => job.State is not JobState.Running && last?.Type == nameof(JobOutcome.Retry),
            LeaseAnswerKind.DeadLetter => job.State is JobState.Dead && last?.Type == nameof(JobOutcome.DeadLetter),
            LeaseAnswerKind.GiveBack => job.State is JobState.Pending,
            _ => false,
        };
    }
}

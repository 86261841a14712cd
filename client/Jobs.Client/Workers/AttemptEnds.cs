using Jobs.Core;
using Jobs.Grains.Contracts;

namespace Jobs.Client.Workers;

/// <summary>Ends of attempts, and what handlers have written, as they are sent.</summary>
internal static class AttemptEnds
{
    internal static AttemptEndMessage ToMessage(WorkerOutcome outcome)
    {
        var delivery = outcome.Delivery.ToMessage();
        var notes = outcome.Happened is JobEvent.Ended { Notes: { } written } ? ToMessage(written, outcome.Delivery) : null;
        var message = new AttemptEndMessage { Delivery = delivery, Kind = AttemptEndKind.GivenBack, Notes = notes };
        return outcome.Happened switch
        {
            JobEvent.Succeeded succeeded => message with { Kind = AttemptEndKind.Succeeded, Bytes = succeeded.Result },
            JobEvent.Failed failed => message with
            {
                Kind = AttemptEndKind.Failed,
                Error = failed.Error,
                RunAt = failed.RetryAt,
                IsRetryable = failed.Retryable,
            },
            JobEvent.Snoozed snoozed => message with { Kind = AttemptEndKind.Snoozed, RunAt = snoozed.RunAt, Bytes = snoozed.NewPayload },
            JobEvent.Dropped dropped => message with { Kind = AttemptEndKind.Dropped, Reason = dropped.Reason },
            JobEvent.GivenBack => message,
            _ => throw new InvalidOperationException($"The end {outcome.Happened.GetType()} is not known."),
        };
    }

    /// <summary>The end that a message tells. One that a later version has and this one does not know gives the job back.</summary>
    internal static WorkerOutcome ToOutcome(AttemptEndMessage message)
    {
        var notes = ToNotes(message.Notes);
        JobEvent happened = message.Kind switch
        {
            AttemptEndKind.Succeeded => message.Bytes is null && notes is null ? JobEvent.Succeeded.Plain : new JobEvent.Succeeded(message.Bytes, notes),
            AttemptEndKind.Failed => new JobEvent.Failed(message.Error!, message.RunAt!.Value, message.IsRetryable, notes),
            AttemptEndKind.Snoozed => new JobEvent.Snoozed(message.RunAt!.Value, message.Bytes, notes),
            AttemptEndKind.Dropped => new JobEvent.Dropped(message.Reason ?? "", notes),
            _ => new JobEvent.GivenBack(),
        };
        return new WorkerOutcome(message.Delivery.ToDelivery(), happened);
    }

    internal static AttemptNotesMessage ToMessage(AttemptNotes notes, JobDelivery delivery) => new()
    {
        Delivery = delivery.ToMessage(),
        Log = notes.Log.Count == 0 ? null : [.. notes.Log],
        Progress = notes.Progress,
    };

    internal static AttemptNotes? ToNotes(AttemptNotesMessage? message) =>
        message is null ? null : new AttemptNotes(message.Log ?? [], message.Progress);
}

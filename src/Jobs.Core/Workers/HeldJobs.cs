namespace Jobs.Core;

/// <summary>Everything that a worker has of a partition when the partition is opened anew.</summary>
/// <param name="Worker">The worker's id.</param>
/// <param name="Name">Its name, as jobs keep it.</param>
/// <param name="CodeVersion">The version of its code.</param>
/// <param name="LastReport">The number of its last report; what comes under this number or an earlier one is older than this.</param>
/// <param name="Jobs">The jobs, whether they still run or have ended without that being written.</param>
internal sealed record HeldJobs(string Worker, string Name, string? CodeVersion, long LastReport, IReadOnlyList<HeldJob> Jobs)
{
    /// <summary>
    /// The job as it is while this worker has it; null if the store says otherwise: it has ended, or was handed out again since. The store knows of
    /// the start, or has the job as it was before it.
    /// </summary>
    internal JobRecord? Confirm(HeldJob held, JobRecord? stored, JobStateMachine machine)
    {
        if (stored is null || stored.State.IsFinal()) return null;
        if (stored.State is JobState.Running) return stored.Deliveries == held.Delivery.Number && stored.Worker == Name ? stored : null;
        if (stored.Deliveries != held.Delivery.Number - 1) return null;
        var due = stored.State is JobState.Pending ? stored : machine.Apply(stored, JobEvent.Due.Instance, held.StartedAt)?.After;
        return due is null ? null : machine.Apply(due, new JobEvent.Started(Name, CodeVersion), held.StartedAt)?.After;
    }
}

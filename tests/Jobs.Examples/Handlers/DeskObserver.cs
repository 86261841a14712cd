using Jobs.Conformance;

namespace Jobs.Examples.Handlers;

/// <summary>Hears of some of the steps; those that it does not name are of no interest.</summary>
public sealed class DeskObserver(Recording<string> steps) : IJobObserver
{
    public void Started(JobSnapshot job) => steps.Add("started");

    public void Completed(JobSnapshot job) => steps.Add("completed");

    public void WillRetry(JobSnapshot job, JobError error) => steps.Add($"again: {error.Message}");

    public void Rescheduled(JobSnapshot job) => steps.Add("rescheduled");

    public void Dead(JobSnapshot job) => steps.Add($"dead: {job.LastError?.Message}");

    public void QueueEmpty(QueueName queue) => steps.Add($"{queue} is empty");
}

using Jobs;

namespace Quickstart;

/// <summary>Tells how far the search has come, and asks to run again: a recurring job that is one job all the time.</summary>
internal sealed class ReportSpeedHandler(Findings findings, IDisplay display, TimeProvider clock) : IOutcomeHandler<SearchStart>
{
    private static readonly CronExpression EverySecond = CronExpression.Parse("@every 1s");

    public Task<JobOutcome> HandleAsync(SearchStart payload, JobContext job)
    {
        var elapsed = clock.GetUtcNow() - payload.At;
        var (files, megabytes) = (findings.Done, findings.Bytes / 1e6);
        display.Status($"{files:N0} of {findings.Total:N0} files, {megabytes:N1} MB, {elapsed.TotalSeconds:N0} s");
        return Task.FromResult<JobOutcome>(JobOutcome.RescheduleBy(EverySecond));
    }
}
